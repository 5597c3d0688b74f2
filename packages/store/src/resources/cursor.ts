import { StoreError } from "../errors.ts";

/** Where a page ended: after a row in order of change, or after a number of rows in another order. */
export type Cursor = { readonly time: number; readonly row: number } | { readonly offset: number };

/** Opaque to the client; holds a time and a row number, never a value of a record. */
export function writeCursor(cursor: Cursor): string {
  const parts = "offset" in cursor ? [cursor.offset] : [cursor.time, cursor.row];
  return Buffer.from(parts.join(".")).toString("base64url");
}

/** Throws `bad-cursor`. */
export function readCursor(text: string): Cursor {
  const [first, second, ...rest] = Buffer.from(text, "base64url").toString("latin1").split(".").map(Number);
  if (rest.length > 0 || !Number.isSafeInteger(first) || (second !== undefined && !Number.isSafeInteger(second))) {
    throw new StoreError("bad-cursor", "The page's cursor is not one of ours.", {
      hint: "Follow the bundle's next link as it is.",
    });
  }
  return second === undefined ? { offset: first ?? 0 } : { time: first ?? 0, row: second };
}
