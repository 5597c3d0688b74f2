import { readLine } from "./line.ts";

/** Between a number's whole and its parts, and nothing else; Spanish "con" is left out, which is also said of blood pressures. */
const POINT = / (?:point|virgula|ponto|coma|punto|virgule|запятая|точка|целых|فاصله|نقطه) /u;
/** A blood pressure, and not "ten over five days". */
const OVER = / (?:over|sobre|sur|на) /u;
const HIGH = 60;
const LOW = 30;

/**
 * A line with the decimals and blood pressures that are said in words written in figures: what is to be translated by an
 * engine that makes "thirty-eight point five" into points, or "160 over 95" into "more than 95". Nothing else is touched.
 */
export function inFigures(text: string, language: string): string {
  const { folded, numbers, rules } = readLine(text, language);
  let written = "";
  let from = 0;
  for (const [index, { start, end, value, pair }] of numbers.entries()) {
    const said = folded.text.slice(start, end);
    const following = numbers[index + 1];
    // "Point two five" is read as two numbers: better left as it was said.
    if (following !== undefined && following.start <= end + 1) continue;
    const decimal = pair === undefined && !Number.isInteger(value) && POINT.test(said);
    const pressure = pair !== undefined && value >= HIGH && pair >= LOW && OVER.test(said);
    if (!decimal && !pressure) continue;
    const begin = folded.at[start] ?? 0;
    written += text.slice(from, begin) + (decimal ? String(value).replace(".", rules.decimal) : `${value}/${pair}`);
    from = folded.at[end] ?? text.length;
  }
  return written + text.slice(from);
}
