import { autonym } from "../autonym.ts";
import type { Coverage, LanguageStatus } from "./status.ts";

export interface PictureLabels {
  readonly title: string;
  readonly reviewed: string;
  readonly draft: string;
  readonly missing: string;
}

const row = 22;
const column = 110;
const names = 190;
const head = 76;
const colours = { reviewed: "#1a7f5a", draft: "#e0a526", missing: "#d9dde2" };

/** Coverage as an SVG: a row per language, a bar per namespace, its share of translated texts in figures beside it. */
export function picture(languages: readonly LanguageStatus[], labels: PictureLabels): string {
  const namespaces = languages[0]?.namespaces.map((one) => one.namespace) ?? [];
  const width = names + namespaces.length * column + 10;
  const height = head + languages.length * row + 10;
  const columns = namespaces.map((name, at) => text(names + at * column, head - 10, name, "bold"));
  const rows = languages.flatMap((language, at) => {
    const y = head + at * row;
    return [
      text(10, y + 15, language.tag, "bold"),
      text(80, y + 15, autonym(language.tag)),
      ...language.namespaces.map((one, column_) => bar(one, names + column_ * column, y + 5)),
    ];
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" role="img" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="Noto Sans, sans-serif" font-size="12">
<title>${escape(labels.title)}</title>
<rect width="100%" height="100%" fill="#fff"/>
${text(10, 22, labels.title, "bold")}
${legend(labels)}
${[...columns, ...rows].join("\n")}
</svg>
`;
}

function bar(one: Coverage, x: number, y: number): string {
  const full = 60;
  const share = (count: number) => Math.round((count / Math.max(1, one.total)) * full);
  const percent = Math.floor((one.translated / Math.max(1, one.total)) * 100);
  return [
    rect(x, y, full, colours.missing),
    rect(x, y, share(one.translated), colours.draft),
    rect(x, y, share(one.reviewed), colours.reviewed),
    text(x + full + 5, y + 10, `${percent}%`),
  ].join("");
}

function legend(labels: PictureLabels): string {
  return (["reviewed", "draft", "missing"] as const)
    .map((state, at) => rect(10 + at * 160, 34, 12, colours[state]) + text(28 + at * 160, 44, labels[state]))
    .join("\n");
}

const rect = (x: number, y: number, width: number, fill: string) =>
  width === 0 ? "" : `<rect x="${x}" y="${y}" width="${width}" height="12" fill="${fill}"/>`;

const text = (x: number, y: number, words: string, weight = "normal") =>
  `<text x="${x}" y="${y}" font-weight="${weight}">${escape(words)}</text>`;

const escape = (words: string) => words.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
