// Crockford's base 32: no I, L, O, U; what is misread as 1 or 0 is read as that.
const signs = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** Bytes as groups of four signs, to be printed and typed. */
export function toBase32(bytes: Uint8Array): string {
  let bits = 0;
  let value = 0;
  let text = "";
  for (const byte of bytes) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5) {
      bits -= 5;
      text += signs[(value >>> bits) & 31];
    }
    value &= (1 << bits) - 1;
  }
  if (bits > 0) text += signs[(value << (5 - bits)) & 31];
  return text.match(/.{1,4}/g)?.join("-") ?? "";
}

/** The bytes again, whatever the case, dashes and spaces; undefined when a sign is none. */
export function fromBase32(text: string): Uint8Array | undefined {
  const plain = text.toUpperCase().replace(/[\s-]/g, "").replaceAll("O", "0").replace(/[IL]/g, "1");
  const bytes = new Uint8Array(Math.floor((plain.length * 5) / 8));
  let bits = 0;
  let value = 0;
  let at = 0;
  for (const sign of plain) {
    const digit = signs.indexOf(sign);
    if (digit < 0) return undefined;
    value = (value << 5) | digit;
    bits += 5;
    if (bits < 8) continue;
    bits -= 8;
    bytes[at] = value >>> bits;
    at += 1;
    value &= (1 << bits) - 1;
  }
  return value === 0 ? bytes : undefined;
}
