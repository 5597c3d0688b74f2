/** Marks a Binary whose content is a file; ours alone, and never taken from a client. */
export const fileMark = "urn:yizhan:file";

type Fields = Readonly<Record<string, unknown>>;
const fieldsOf = (value: unknown): Fields | undefined => (typeof value === "object" && value !== null ? { ...value } : undefined);

/** The file that holds a Binary's content: its name and bytes of text; undefined where the record holds it itself. */
export function fileOf(binary: unknown): { readonly name: string; readonly size: number } | undefined {
  const mark = extensionsOf(fieldsOf(binary)?.["_data"]).find((one) => one.url === fileMark);
  const parts = extensionsOf(mark);
  const name = parts.find((one) => one.url === "name")?.valueString;
  const size = parts.find((one) => one.url === "size")?.valueDecimal;
  return typeof name === "string" && typeof size === "number" ? { name, size } : undefined;
}

function extensionsOf(value: unknown): Fields[] {
  const list: unknown = fieldsOf(value)?.extension;
  const items: readonly unknown[] = Array.isArray(list) ? list : [];
  return items.map(fieldsOf).filter((one) => one !== undefined);
}
