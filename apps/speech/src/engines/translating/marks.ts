import type { Mark } from "../types.ts";

const escapes: Record<string, string> = { "&": "&amp;", "<": "&lt;", ">": "&gt;" };
const escape = (text: string) => text.replaceAll(/[&<>]/gu, (character) => escapes[character] ?? character);

const entities: Record<string, string> = { amp: "&", lt: "<", gt: ">", quot: '"', apos: "'", nbsp: " " };
const unescape = (text: string) =>
  text.replaceAll(/&(amp|lt|gt|quot|apos|nbsp);/gu, (whole, name: string) => entities[name] ?? whole);

/** The text as HTML with each stretch to follow in a numbered tag. Overlapping stretches after the first are left out. */
export function tagged(text: string, follow: readonly [number, number][]): { html: string; followed: [number, number][] } {
  const followed: [number, number][] = [];
  let html = "";
  let at = 0;
  for (const [start, end] of follow.toSorted((a, b) => a[0] - b[0])) {
    if (start < at || end <= start || end > text.length) continue;
    html += `${escape(text.slice(at, start))}<b id="${followed.length}">${escape(text.slice(start, end))}</b>`;
    followed.push([start, end]);
    at = end;
  }
  return { html: html + escape(text.slice(at)), followed };
}

/** Back to plain text, and where the numbered tags went. */
export function untagged(html: string, followed: readonly [number, number][]): { text: string; marks: Mark[] } {
  const marks: Mark[] = [];
  const open: { id: number; start: number }[] = [];
  let text = "";
  for (const part of html.split(/(<[^>]*>)/u)) {
    if (!part.startsWith("<")) {
      text += unescape(part);
      continue;
    }
    const id = /^<b id="(\d+)"/u.exec(part)?.[1];
    if (id !== undefined) open.push({ id: Number(id), start: text.length });
    else if (part.startsWith("</b")) {
      const begun = open.pop();
      const source = begun && followed[begun.id];
      if (begun && source && text.slice(begun.start).trim() !== "") marks.push({ source, target: [begun.start, text.length] });
    }
  }
  return { text, marks };
}
