import { VaultError } from "./errors.ts";

/** The largest padded text that is sealed as one piece: 16 MiB. Anything larger is a file. */
export const maxPadded = 64 * 4 ** 9;

/** The padded length of a text: 64, 256, 1024 … (64 · 4ⁿ) bytes, at least one more than the text. */
export function paddedLength(length: number): number {
  let padded = 64;
  while (padded <= length) padded *= 4;
  return padded;
}

export function isPaddedLength(length: number): boolean {
  return length >= 64 && length <= maxPadded && paddedLength(length - 1) === length;
}

/** Pads as ISO/IEC 7816-4 does: one 0x80 byte, then zeros. Throws `value-too-large` over 16 MiB. */
export function pad(text: Uint8Array): Uint8Array {
  const length = paddedLength(text.length);
  if (length > maxPadded) throw new VaultError("value-too-large");
  const padded = new Uint8Array(length);
  padded.set(text);
  padded[text.length] = 0x80;
  return padded;
}

/** The text inside a padded block, as a view of it. Throws `sealed-malformed` when the mark is missing. */
export function unpad(padded: Uint8Array): Uint8Array {
  let end = padded.length - 1;
  while (padded[end] === 0) end -= 1;
  if (padded[end] !== 0x80) throw new VaultError("sealed-malformed");
  return padded.subarray(0, end);
}
