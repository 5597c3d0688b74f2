import { parse } from "csv-parse/sync";
import { stringify } from "csv-stringify/sync";
import { LocaleError } from "../errors.ts";
import { checkTag, type Exchange, type Unit } from "./exchange.ts";

const columns = (tag: string) => ["namespace", "key", "en", tag];

/** RFC 4180 with a byte order mark, by which spreadsheets know that it is UTF-8. The last column's head is the language. */
export function toCsv({ tag, units }: Exchange): string {
  const rows = units.map((unit) => [unit.namespace, unit.key, unit.source, unit.target]);
  return stringify([columns(tag), ...rows], { bom: true, record_delimiter: "windows" });
}

/** Throws `LocaleError` where it is not such a file. */
export function fromCsv(text: string): Exchange {
  let rows: string[][];
  try {
    rows = parse(text, { bom: true, skip_empty_lines: true });
  } catch (error) {
    const why = error instanceof Error ? error.message : "unknown";
    throw new LocaleError("exchange-invalid", `The file is not CSV: ${why}`, "Save it as CSV, UTF-8, with commas.", error);
  }
  const [head = [], ...body] = rows;
  const tag = head[3] ?? "";
  if (head.length !== 4 || head.join() !== columns(tag).join()) {
    throw new LocaleError(
      "exchange-invalid",
      "Line 1 is not “namespace,key,en,<language>”.",
      "Keep the first line as it was exported.",
    );
  }
  checkTag(tag);
  return {
    tag,
    units: body.map(([namespace = "", key = "", source = "", target = ""]): Unit => ({ namespace, key, source, target })),
  };
}
