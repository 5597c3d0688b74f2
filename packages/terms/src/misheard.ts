import { readLine, type Reading } from "./line.ts";
import { syllableDistance, syllableOf } from "./phonetic.ts";
import type { Quantity } from "./quantities.ts";
import type { Pin } from "./types.ts";

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

const UNITS = [
  ["克", "mg"],
  ["升", "ml"],
] as const;
/** After 毫 none but these: 毫克, 毫升, 毫米, 毫摩尔, 毫安, 毫秒, 毫当量, 毫国际单位. */
const LOST_MILLI = /^毫(?![克升米摩安秒当国单伏西])(\p{Script=Han})/u;
/** 每次一刻: a dose, and a quarter of an hour only where 钟 follows or nobody takes anything. */
const LOST_GRAM = /^[刻课客](?!钟|度)/;
const TAKEN = /(?:[每一]次|每[日天]|[一两三四\d]天|服|吃|用)[^，。,.；;]{0,3}$/;

/**
 * What a Chinese amount may have been before hearing lost its unit: 五毫克 heard as 5毫口 is offered 5 mg, 每次一克
 * heard as 每次一刻 1 g. Undefined where the number stands as it may.
 */
export function misheardUnit(reading: Reading, quantity: Quantity): string[] | undefined {
  if (reading.rules.language !== "zh" || !/^[\d.]+$/.test(quantity.value)) return undefined;
  const after = reading.folded.text.slice(quantity.end);
  const wrong = LOST_MILLI.exec(after)?.[1];
  if (wrong !== undefined) {
    const apart = (unit: string) => syllableDistance(syllableOf(unit), syllableOf(wrong));
    return UNITS.toSorted(([a], [b]) => apart(a) - apart(b)).map(([, unit]) => `${quantity.value} ${unit}`);
  }
  const taken = TAKEN.test(reading.folded.text.slice(0, quantity.start));
  return taken && LOST_GRAM.test(after) ? [`${quantity.value} g`] : undefined;
}

/** Words that hearing puts in another's place, where what stands beside them tells: 黄色的糖 (sugar) for 痰, 肚子糖 for 疼. */
const TAKEN_FOR: readonly (readonly [where: RegExp, meant: string])[] = [
  [/(?<=(?:[黄绿白灰褐黑]色?|浓|稠|脓|带血|有血)的|咳(?:出|出来|了|有|血)?的?|吐出?)糖(?![尿果水浆块皮类])/g, "痰"],
  [
    /(?<=头|胸口?|肚子|耳朵|嗓子|喉咙|腿|腰|背|牙齿?|关节|伤口|左边|右边|哪里|哪儿|这里|那里)(?:还|很|也|都|更|不)?(糖)(?![尿果水浆块皮类分原化])/g,
    "疼",
  ],
];

/** Such words as pins: value `?…`, what was meant among the candidates. */
export function misheardWords(text: string, { rules, folded }: Reading): Pin[] {
  if (rules.language !== "zh") return [];
  return TAKEN_FOR.flatMap(([where, meant]) =>
    [...folded.text.matchAll(where)].map(({ index, 0: whole }): Pin => {
      const end = index + whole.length;
      const [from, to] = [folded.at[end - 1] ?? 0, folded.at[end] ?? text.length];
      const said = text.slice(from, to);
      return { kind: "body", start: from, end: to, text: said, value: `?${said}`, probability: 0.5, candidates: [meant] };
    }),
  );
}

/** Of the body, whole degrees. */
const WHOLE_TEMPERATURE = /^(?:3[5-9]|4[0-2]) °C$/;
/** A limit, or already said to be no exact figure: 超过38度, 38度多, 38度以上, 38度左右. */
const LIMIT = /(?:超过|高于|低于|大于|小于|不到|不超|如果[^，。,.]{0,4}|约|差不多)$/;
const INEXACT = /^(?:多|几|半|以|左右|上下|就|时|的话|为|整)/;
/**
 * Pins of a line that was *heard*, with those doubted that hearing may have cut short and nothing in the text tells of:
 * 三十八度五 (38.5 °C) comes as 38度. Every whole body temperature in Chinese is offered with an open tenth (`38.? °C`), for
 * the interpreter to ask: the engine's probabilities do not part the cut ones from the whole (docs/captions.md). Not for
 * lines that somebody wrote, or translated.
 */
export function doubtTenths(text: string, language: string, pins: readonly Pin[]): Pin[] {
  const { rules } = readLine("", language);
  if (rules.language !== "zh") return [...pins];
  return pins.map((pin) => {
    if (!WHOLE_TEMPERATURE.test(pin.value) || pin.candidates !== undefined) return pin;
    const after = text.slice(pin.end);
    if (LIMIT.test(text.slice(0, pin.start)) || INEXACT.test(after)) return pin;
    const digit = DIGITS.findIndex((one) => after !== "" && syllableOf(one) === syllableOf(after.charAt(0))) + 1;
    const tenth = digit === 0 ? "?" : String(digit);
    return { ...pin, candidates: [pin.value, pin.value.replace(DEGREES, `.${tenth} °C`)] };
  });
}
