import type { BundleFile } from "./types.ts";

const reference = /@@secret:([a-z0-9][a-z0-9._-]*)@@/;

interface Placing {
  readonly mode?: number;
  readonly owner?: string;
  readonly group?: string;
}

/** A text file of root's, readable by all unless it refers to a secret. Ends with a line feed. */
export function file(path: string, content: string, { mode, owner = "root", group = "root" }: Placing = {}): BundleFile {
  const secret = reference.test(content);
  const given = mode ?? (secret ? 0o600 : 0o644);
  if (secret && (given & 0o007) !== 0) throw new RangeError(`${path} refers to a secret and others may read it`);
  return { path, content: content.endsWith("\n") ? content : `${content}\n`, mode: given, owner, group, secret };
}

export function jsonFile(path: string, value: object, placing?: Placing): BundleFile {
  return file(path, JSON.stringify(value, null, 2), { mode: 0o600, ...placing });
}

/** Where the content of a secret will stand. */
export function secret(name: string): string {
  return `@@secret:${name}@@`;
}

/** Lines without the indentation that they share, and without the empty first one. */
export function lines(text: string): string {
  const all = text.replace(/^\n/, "").trimEnd().split("\n");
  const indents = all.filter((line) => line.trim() !== "").map((line) => line.length - line.trimStart().length);
  const shared = Math.min(...indents);
  return `${all.map((line) => line.slice(shared)).join("\n")}\n`;
}
