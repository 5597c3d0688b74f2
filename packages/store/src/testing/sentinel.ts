import { readdir, readFile, stat } from "node:fs/promises";
import { join } from "node:path";

/** A text in every form in which it could lie around in a file. */
function forms(text: string): Buffer[] {
  const utf8 = Buffer.from(text, "utf8");
  const utf16 = Buffer.from(text, "utf16le");
  const found = [utf8, utf16, Buffer.from(utf16).swap16()];
  for (const bytes of [utf8, utf16]) {
    const hex = bytes.toString("hex");
    found.push(Buffer.from(hex), Buffer.from(hex.toUpperCase()));
    // Inside a longer base64 text the word begins at any of three places: compare what all share.
    for (let shift = 0; shift < 3; shift += 1) {
      const text64 = Buffer.concat([Buffer.alloc(shift), bytes]).toString("base64");
      const start = shift === 0 ? 0 : 4;
      found.push(Buffer.from(text64.slice(start, text64.length - 4)));
    }
  }
  return found.filter((form) => form.length >= 6);
}

/** Files below `directory` that hold one of `texts` in UTF-8, UTF-16, hexadecimal or base64. */
export async function filesHolding(directory: string, texts: readonly string[]): Promise<string[]> {
  const wanted = texts.flatMap(forms);
  const hits: string[] = [];
  for (const name of await readdir(directory, { recursive: true })) {
    const path = join(directory, name);
    if (!(await stat(path)).isFile()) continue;
    const content = await readFile(path);
    if (wanted.some((form) => content.includes(form))) hits.push(name);
  }
  return hits;
}
