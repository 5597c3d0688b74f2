import type { Finding } from "./fault.ts";

/** Numbers, percent and degree signs of the English text stand in the translation, in whatever digits, and no others. */
export function numberFindings(branches: readonly string[], source: readonly string[]): readonly Finding[] {
  const wanted = new Set(source.map(numbers));
  return branches
    .map(numbers)
    .filter((found) => !wanted.has(found))
    .map((found) => ({
      severity: "error" as const,
      rule: "number" as const,
      reason: `Its numbers are “${found}”; in English “${[...wanted].join("” or “")}”.`,
    }));
}

/** In one order, in ASCII digits, with grouping taken out: “2 7”. */
function numbers(text: string): string {
  const plain = text.replace(/\p{Nd}/gu, digit).replaceAll("٪", "%");
  const signs = plain.match(/[%°]/g) ?? [];
  const runs = (plain.match(/\d+(?:[.,٫٬]\d+)*/g) ?? []).map((run) => run.replace(/[.,٫٬]/g, "."));
  return [...runs, ...signs].sort().join(" ");
}

/** Unicode keeps every script's ten digits in a row, so the zero is the first of them. */
function digit(character: string): string {
  const code = character.codePointAt(0) ?? 0;
  let zero = code;
  while (code - zero < 9 && /\p{Nd}/u.test(String.fromCodePoint(zero - 1))) zero -= 1;
  return String((code - zero) % 10);
}
