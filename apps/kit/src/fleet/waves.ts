import { KitError } from "../errors.ts";

/** `1,5,rest`: how many countries in each wave; `rest` only as the last word. Throws `invalid-argument`. */
export function parseWaves(text: string): readonly (number | "rest")[] {
  const words = text.split(",").map((word) => word.trim());
  return words.map((word, index) => {
    if (word === "rest" && index === words.length - 1) return word;
    const number = Number(word);
    if (!/^\d+$/.test(word) || number < 1) throw new KitError("invalid-argument", { argument: `--wave ${text}` });
    return number;
  });
}

/** Cuts `items` into waves in their order. What the numbers leave over is not touched: it is `left`. */
export function cutWaves<T>(items: readonly T[], waves: readonly (number | "rest")[]): { waves: T[][]; left: T[] } {
  let at = 0;
  const cut: T[][] = [];
  for (const size of waves) {
    const wave = items.slice(at, size === "rest" ? undefined : at + size);
    if (wave.length > 0) cut.push(wave);
    at += wave.length;
  }
  return { waves: cut, left: items.slice(at) };
}
