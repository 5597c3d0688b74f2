/** Values of number words, small and incomplete on purpose: enough to compare "thirty nine" with "39". */
interface Table {
  values: Record<string, number>;
  /** Words that may stand between parts of one number. */
  joiners: string[];
  /** What multiplies what stands before it. */
  multipliers: Record<string, number>;
}

const list = (words: string, from = 0, step = 1) => words.split(" ").map((word, index) => [word, from + index * step] as const);

/** Without accents, as the words are compared. */
export const tables: Readonly<Record<string, Table>> = {
  en: {
    values: Object.fromEntries([
      ...list(
        "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen",
      ),
      ...list("twenty thirty forty fifty sixty seventy eighty ninety", 20, 10),
    ]),
    joiners: ["and"],
    multipliers: { hundred: 100, thousand: 1000 },
  },
  pt: {
    values: Object.fromEntries([
      ...list(
        "zero um dois tres quatro cinco seis sete oito nove dez onze doze treze catorze quinze dezasseis dezassete dezoito dezanove",
      ),
      ...list("uma duas", 1),
      ...list("dezesseis dezessete", 16),
      ["dezenove", 19],
      ["quatorze", 14],
      ...list("vinte trinta quarenta cinquenta sessenta setenta oitenta noventa", 20, 10),
      ["cem", 100],
      ["cento", 100],
      ...list("duzentos trezentos quatrocentos quinhentos seiscentos setecentos oitocentos novecentos", 200, 100),
    ]),
    joiners: ["e"],
    multipliers: { mil: 1000 },
  },
  es: {
    values: Object.fromEntries([
      ...list(
        "cero uno dos tres cuatro cinco seis siete ocho nueve diez once doce trece catorce quince dieciseis diecisiete dieciocho diecinueve",
      ),
      ...list("veinte veintiuno veintidos veintitres veinticuatro veinticinco veintiseis veintisiete veintiocho veintinueve", 20),
      ...list("treinta cuarenta cincuenta sesenta setenta ochenta noventa", 30, 10),
      ["cien", 100],
      ["ciento", 100],
      ...list("doscientos trescientos cuatrocientos quinientos seiscientos setecientos ochocientos novecientos", 200, 100),
    ]),
    joiners: ["y"],
    multipliers: { mil: 1000 },
  },
  fr: {
    values: Object.fromEntries([
      ...list("zero un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"),
      ...list("vingt trente quarante cinquante soixante", 20, 10),
      ["quatrevingt", 80],
    ]),
    joiners: ["et"],
    multipliers: { cent: 100, mille: 1000 },
  },
};

/** Number words to digits, in a list of words without accents. */
export function digitsFor(words: readonly string[], language: string): string[] {
  const table = tables[language];
  if (!table) return [...words];
  const out: string[] = [];
  /** The number so far: whole thousands, and what follows them. */
  let thousands = 0;
  let value: number | undefined;
  /** What may still be added: a part must be smaller than the last one's unit ("thirty" + "nine", not "one" + "two"). */
  let room = Infinity;
  let joiner: string | undefined;
  const flush = () => {
    if (value !== undefined) out.push(String(thousands + value));
    if (joiner !== undefined) out.push(joiner);
    [thousands, value, joiner, room] = [0, undefined, undefined, Infinity];
  };
  for (const word of language === "fr" ? eightiesInOne(words) : words) {
    const part = table.values[word];
    const times = table.multipliers[word];
    if (part !== undefined) {
      if (value !== undefined && part >= room) flush();
      [value, joiner, room] = [
        (value ?? 0) + part,
        undefined,
        language === "fr" && (part === 60 || part === 80) ? 20 : unitOf(part),
      ];
    } else if (times !== undefined) {
      const multiplied = (value ?? 0) === 0 ? times : (value ?? 0) * times;
      if (times >= 1000) [thousands, value] = [thousands + multiplied, 0];
      else value = multiplied;
      [joiner, room] = [undefined, times];
    } else if (value !== undefined && joiner === undefined && table.joiners.includes(word)) {
      joiner = word;
    } else {
      flush();
      out.push(word);
    }
  }
  flush();
  return out;
}

/** French eighty is "four twenties", and sixty and eighty go on to their nineteenth; "pour cent" is no hundred. */
function eightiesInOne(words: readonly string[]): string[] {
  return words.flatMap((word, index) => {
    if (word === "pour" && words[index + 1] === "cent") return ["pourcent"];
    if (word === "cent" && words[index - 1] === "pour") return [];
    if (word === "quatre" && /^vingts?$/.test(words[index + 1] ?? "")) return ["quatrevingt"];
    return words[index - 1] === "quatre" && /^vingts?$/.test(word) ? [] : [word];
  });
}

function unitOf(part: number): number {
  if (part >= 100 && part % 100 === 0) return 100;
  return part >= 20 && part % 10 === 0 ? 10 : 0;
}

const hanDigits: Record<string, number> = { 零: 0, 〇: 0, 一: 1, 二: 2, 两: 2, 三: 3, 四: 4, 五: 5, 六: 6, 七: 7, 八: 8, 九: 9 };
const hanUnits: Record<string, number> = { 十: 10, 百: 100, 千: 1000, 万: 10_000 };

/** Chinese numerals to digits, decimals after 点 included: 三十八点五 → 38.5, 三十八度五 → 38度5. */
export function hanToDigits(text: string): string {
  return text
    .replaceAll(/[零〇一二两三四五六七八九十百千万]+/gu, (numeral) => String(hanValue(numeral)))
    .replaceAll(/(\d)点(\d)/gu, "$1.$2");
}

function hanValue(numeral: string): string | number {
  const characters = [...numeral];
  if (characters.every((character) => character in hanDigits))
    return characters.map((character) => hanDigits[character]).join("");
  let sum = 0;
  let digit: number | undefined;
  for (const character of characters) {
    const unit = hanUnits[character];
    if (unit === undefined) digit = hanDigits[character];
    else if (unit === 10_000) [sum, digit] = [(sum + (digit ?? 0)) * unit, undefined];
    else [sum, digit] = [sum + (digit ?? 1) * unit, undefined];
  }
  return sum + (digit ?? 0);
}
