import { syllableOf } from "./phonetic.ts";
import type { Reading } from "./line.ts";
import type { Quantity } from "./quantities.ts";

const DIGITS = [..."一二三四五六七八九"];
/** Characters that rightly follow 度 and only happen to sound like a digit: 38度以上, 38度就, 38度是, 38度吧, 38度而且, 38度起. */
const INNOCENT = new Set("以已也一亦就是时使而二吧把起其无四死伞");
const DEGREES = / °C$/;

/**
 * What a temperature may have been before hearing lost its decimal: 三十七度九 (37.9 °C) heard as 37度久 is offered 37.9 °C,
 * for 久 sounds like 九. Chinese only; nothing where the next character sounds like no digit.
 */
export function misheardTenth(reading: Reading, quantity: Quantity): string | undefined {
  if (reading.rules.language !== "zh" || !DEGREES.test(quantity.value) || quantity.value.includes(".")) return undefined;
  const next = reading.folded.text.charAt(quantity.end);
  if (!/\p{Script=Han}/u.test(next) || INNOCENT.has(next)) return undefined;
  const digit = DIGITS.findIndex((d) => syllableOf(d) === syllableOf(next)) + 1;
  return digit === 0 ? undefined : quantity.value.replace(DEGREES, `.${digit} °C`);
}
