/** Crockford's base 32 (https://www.crockford.com/base32.html): no I, L, O, U. */
export const alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

const values = new Map<string, number>([...alphabet].map((letter, value) => [letter, value]));
for (const [read, meant] of [
  ["O", "0"],
  ["I", "1"],
  ["L", "1"],
] as const) {
  values.set(read, values.get(meant) ?? 0);
}

/** The values 0–31 of what a person typed: any case, O for 0, I or L for 1. `undefined` where a letter is not in the alphabet. */
export function decodeSymbols(typed: string): number[] | undefined {
  const symbols: number[] = [];
  for (const letter of typed.toUpperCase()) {
    const value = values.get(letter);
    if (value === undefined) return undefined;
    symbols.push(value);
  }
  return symbols;
}

export function encodeSymbols(symbols: readonly number[]): string {
  return symbols.map((value) => alphabet.charAt(value & 31)).join("");
}

/** Multiplication in GF(32) with the primitive polynomial x⁵ + x² + 1. */
function multiply(a: number, b: number): number {
  let product = 0;
  let left = a;
  for (let bits = b; bits > 0; bits >>= 1) {
    if (bits & 1) product ^= left;
    left <<= 1;
    if (left & 32) left ^= 0b100101;
  }
  return product;
}

/**
 * A check symbol over `symbols` (at most 30): Σ αⁱ·sᵢ in GF(32). The weights of all places, the check's
 * own (1) included, differ, so one wrong symbol and any two symbols that changed places are always seen.
 */
export function checkSymbol(symbols: readonly number[]): number {
  if (symbols.length > 30) throw new RangeError("a check symbol covers at most 30 symbols");
  let weight = 1;
  let sum = 0;
  for (const symbol of symbols) {
    weight = multiply(weight, 2);
    sum ^= multiply(weight, symbol);
  }
  return sum;
}
