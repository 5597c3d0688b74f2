import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";

/** A text in the forms it could lie in: UTF-8, UTF-16 both ways, hex, base64 at each of its three offsets. */
export function formsOf(text: string): readonly { form: string; bytes: Buffer }[] {
  const utf8 = Buffer.from(text, "utf8");
  const utf16 = Buffer.from(text, "utf16le");
  const hex = utf8.toString("hex");
  const base64 = [0, 1, 2].map((offset) => {
    const encoded = Buffer.concat([Buffer.alloc(offset), utf8])
      .toString("base64")
      .replace(/=+$/, "");
    // The first and last characters depend on the neighbours: the middle does not.
    return encoded.slice(Math.ceil((offset * 8) / 6), -1);
  });
  return [
    { form: "UTF-8", bytes: utf8 },
    { form: "UTF-16LE", bytes: utf16 },
    { form: "UTF-16BE", bytes: Buffer.from(utf16).swap16() },
    { form: "hex", bytes: Buffer.from(hex) },
    { form: "HEX", bytes: Buffer.from(hex.toUpperCase()) },
    ...base64.map((encoded, offset) => ({ form: `base64+${offset}`, bytes: Buffer.from(encoded) })),
  ];
}

/** Every place where one of `texts` lies in `bytes`. */
export function findIn(bytes: Buffer, where: string, texts: readonly string[]): string[] {
  return texts.flatMap((text) =>
    formsOf(text).flatMap(({ form, bytes: needle }) => (bytes.includes(needle) ? [`${where}: “${text}” as ${form}`] : [])),
  );
}

/** Every place where one of `texts` lies in a file below `folder`. */
export async function findInFolder(
  folder: string,
  texts: readonly string[],
): Promise<{ found: string[]; files: number; bytes: number }> {
  const result = { found: [] as string[], files: 0, bytes: 0 };
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const bytes = await readFile(path);
    result.files += 1;
    result.bytes += bytes.length;
    result.found.push(...findIn(bytes, path.slice(folder.length + 1), texts));
  }
  return result;
}
