const DIGIT: Record<string, number> = {
  零: 0,
  〇: 0,
  一: 1,
  二: 2,
  两: 2,
  兩: 2,
  俩: 2,
  三: 3,
  四: 4,
  五: 5,
  六: 6,
  七: 7,
  八: 8,
  九: 9,
};
const SCALE: Record<string, number> = { 十: 10, 百: 100, 千: 1000 };
const BIG: Record<string, number> = { 万: 10_000, 萬: 10_000, 亿: 100_000_000 };

/** Runs of Chinese numerals, also mixed with ASCII digits before 百, 千, 万. */
export const HANZI_RUN = /(?:\d+(?:\.\d+)?)?[零〇一二两兩三四五六七八九十百千万萬亿]+(?:点[零〇一二两三四五六七八九\d]+)?/g;

/** 三百五十 → 350, 两万 → 20000, 一二〇 → 120, 80万 → 800000; undefined where it is no number (千万, 两三). */
export function readHanzi(run: string): number | undefined {
  const [whole = "", fraction] = run.split("点");
  const base = readWhole(whole);
  if (base === undefined || fraction === undefined) return base;
  const digits = [...fraction].map((c) => DIGIT[c] ?? c).join("");
  return Number(`${base}.${digits}`);
}

function readWhole(text: string): number | undefined {
  const lead = /^\d+(?:\.\d+)?/.exec(text)?.[0];
  const rest = Array.from(text.slice(lead?.length ?? 0));
  if (lead === undefined && rest.every((c) => c in DIGIT)) {
    if (rest.length === 1 || rest.length > 2 || rest.some((c) => c === "零" || c === "〇"))
      return Number(rest.map((c) => DIGIT[c]).join(""));
    return undefined;
  }
  let total = 0;
  let section = 0;
  let current: number | undefined = lead === undefined ? undefined : Number(lead);
  let lastScale = 1;
  for (const c of rest) {
    const digit = DIGIT[c];
    const scale = SCALE[c];
    const big = BIG[c];
    if (digit !== undefined) {
      if (current !== undefined && current !== 0) return undefined;
      current = digit;
      if (digit === 0) lastScale = 1;
    } else if (scale !== undefined) {
      if (current === undefined && scale !== 10) return undefined;
      section += (current ?? 1) * scale;
      current = undefined;
      lastScale = scale;
    } else if (big !== undefined) {
      const value = section + (current ?? 0);
      if (value === 0) return undefined;
      total += value * big;
      section = 0;
      current = undefined;
      lastScale = big;
    }
  }
  // 一百五 is 150, 两万五 is 25,000: a last bare digit counts in the next place down.
  if (current !== undefined && lastScale > 10) current *= lastScale / 10;
  return total + section + (current ?? 0);
}
