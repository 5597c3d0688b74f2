import { z } from "zod";
import ar from "../data/languages/ar.json" with { type: "json" };
import common from "../data/languages/common.json" with { type: "json" };
import en from "../data/languages/en.json" with { type: "json" };
import es from "../data/languages/es.json" with { type: "json" };
import fr from "../data/languages/fr.json" with { type: "json" };
import pt from "../data/languages/pt.json" with { type: "json" };
import ru from "../data/languages/ru.json" with { type: "json" };
import zh from "../data/languages/zh.json" with { type: "json" };
import { foldText } from "./fold.ts";

/**
 * One language's way of saying numbers, times, sides and “not” (`data/languages/<code>.json`).
 * Patterns are regular expressions over folded text (lower case, no accents, ASCII digits) in which `{n}` stands for a
 * number and `{name}` for a macro of the same file. A rule's value names its numbers `$1`, `$2`.
 */
const dataSchema = z.object({
  language: z.string(),
  decimal: z.enum([".", ","]),
  /** A space may part thousands. */
  spaceThousands: z.boolean().optional(),
  /** Words are parted by spaces. */
  spaced: z.boolean(),
  numbers: z.object({
    /** “zero 0 one 1 …” */
    words: z.string(),
    scales: z.string(),
    and: z.array(z.string()),
    andAfter: z.number(),
    /** A ten takes a unit below this after it (10; French 60 and 80 take teens: 20). */
    teensAfter: z.number(),
    weakOnes: z.array(z.string()),
    /** Words for one that are articles as well: a number only inside a longer one or before a unit. */
    articles: z.array(z.string()),
    gluedAnd: z.string().optional(),
    unitsFirst: z.boolean().optional(),
    /** One-letter words glued to the front of a number word: بخمسة. */
    gluedBefore: z.array(z.string()).optional(),
    fractions: z.array(z.tuple([z.string(), z.number()])),
    /** Spans in which no number is read. */
    not: z.array(z.string()),
  }),
  joins: z.array(z.tuple([z.string(), z.string()])),
  range: z.string(),
  macros: z.record(z.string(), z.string()),
  /** Unit → what it is called, after a number. */
  units: z.record(z.string(), z.string()),
  /** Unit → the dual form that says “two” by itself. */
  duals: z.record(z.string(), z.string()).optional(),
  /** Unit → the word that says “half” and the unit in one. */
  halves: z.record(z.string(), z.string()).optional(),
  /** Units that may stand for one without any number. */
  bareOne: z.record(z.string(), z.string()).optional(),
  rules: z.array(z.tuple([z.enum(["frequency", "time", "number", "duration", "dose"]), z.string(), z.string()])),
  /** Greetings name a part of the day and mean none: “good morning”, “bom dia”. */
  greetings: z.array(z.string()).optional(),
  /** Words by which speakers correct themselves: `sure` ones always do, those of `between` only from one amount to another. */
  corrections: z.object({ sure: z.string(), between: z.string() }).optional(),
  negation: z.object({
    ignore: z.array(z.string()),
    soft: z.record(z.string(), z.string()),
    hard: z.array(z.string()),
    /** Joins a negation before it in the same clause; alone it negates. */
    concord: z.string().optional(),
    /** Also parts clauses, as punctuation does. */
    but: z.string(),
  }),
  side: z.object({ left: z.array(z.string()), right: z.array(z.string()), ignore: z.array(z.string()).optional() }),
  allergy: z.string(),
  /** Spans in which no clinical term is read: “come back”, 小心. */
  notTerms: z.array(z.string()).optional(),
  stem: z
    .object({
      prefixes: z.array(z.string()),
      clitics: z.array(z.string()).optional(),
      suffixes: z.array(z.string()),
      least: z.number(),
    })
    .optional(),
});
type Data = z.infer<typeof dataSchema>;

const commonSchema = z.object({ units: z.record(z.string(), z.string()) });

export interface Rule {
  kind: "frequency" | "time" | "number" | "duration" | "dose";
  pattern: RegExp;
  value: string;
}

export interface Rules {
  language: string;
  decimal: "." | ",";
  spaceThousands: boolean;
  spaced: boolean;
  numberWords: Map<string, number>;
  /** Number words with a hyphen inside. */
  compounds: RegExp | undefined;
  scaleWords: Map<string, number>;
  andWords: Set<string>;
  andAfter: number;
  teensAfter: number;
  weakOnes: Set<string>;
  articles: Set<string>;
  gluedAnd: string | undefined;
  unitsFirst: boolean;
  gluedBefore: string[];
  fractions: { pattern: RegExp; value: number }[];
  notNumbers: RegExp[];
  joins: { pattern: RegExp; operation: string }[];
  unitNames: string[];
  /** Groups: number, second number of a range, one group per unit name, denominator. */
  unitPattern: RegExp;
  articlePattern: RegExp | undefined;
  dualPattern: { unit: string; pattern: RegExp }[];
  halfPattern: { unit: string; pattern: RegExp }[];
  barePattern: { unit: string; pattern: RegExp }[];
  rules: Rule[];
  greetings: RegExp[];
  corrections: { sure: RegExp; between: RegExp } | undefined;
  negation: {
    ignore: RegExp[];
    soft: { name: string; pattern: RegExp }[];
    hard: RegExp[];
    concord: RegExp | undefined;
    but: RegExp;
  };
  side: { left: RegExp[]; right: RegExp[]; ignore: RegExp[] };
  allergy: RegExp | undefined;
  notTerms: RegExp[];
  stem: { prefixes: string[]; clitics: string[]; suffixes: string[]; least: number };
}

/** Numbers in the masked text are single private-use units, so that a pattern can name them. */
export const MASK = 0xe000;
const NUMBER = "([\\ue000-\\uf0ff])";

function pairs(text: string): Map<string, number> {
  const map = new Map<string, number>();
  const parts = foldText(text).split(" ");
  for (let i = 0; i + 1 < parts.length; i += 2) map.set(parts[i] ?? "", Number(parts[i + 1]));
  return map;
}

/** Folds letters of a pattern but leaves its escapes alone. */
function foldPattern(pattern: string): string {
  return pattern
    .split(/(\\[a-zA-Z](?:\{[^}]*\})?)/)
    .map((part, i) => (i % 2 === 1 ? part : foldText(part)))
    .join("");
}

function compile(data: Data, shared: Record<string, string>): Rules {
  const edge = data.spaced ? ["(?<![\\p{L}\\p{N}])(?:", ")(?![\\p{L}\\p{N}])"] : ["(?:", ")"];
  const expand = (pattern: string): string => {
    let text = pattern;
    for (let i = 0; i < 3; i += 1)
      text = text.replaceAll(/\{([a-z]{2,})\}/g, (whole, name: string) =>
        data.macros[name] ? `(?:${data.macros[name]})` : whole,
      );
    return foldPattern(text).replaceAll("{n}", NUMBER);
  };
  const make = (pattern: string): RegExp => new RegExp(`${edge[0]}${expand(pattern)}${edge[1]}`, "gu");
  const units = { ...shared };
  for (const [unit, names] of Object.entries(data.units)) units[unit] = units[unit] ? `${names}|${units[unit]}` : names;
  const unitNames = Object.keys(units);
  const after = data.spaced ? "(?![\\p{L}\\p{N}])" : "(?![a-z])";
  const unitGroups = unitNames.map((unit) => `(${expand(units[unit] ?? "")})`).join("|");
  const range = `(?: ?(?:${expand(data.range)}) ?${NUMBER})?`;
  const words = pairs(data.numbers.words);
  const compounds = [...words.keys()].filter((w) => w.includes("-")).toSorted((a, b) => b.length - a.length);
  const articles = data.numbers.articles.map((a) => foldText(a));
  return {
    language: data.language,
    decimal: data.decimal,
    spaceThousands: data.spaceThousands ?? false,
    spaced: data.spaced,
    numberWords: new Map([...words].map(([word, value]) => [word.replaceAll("-", "'"), value])),
    compounds: compounds.length > 0 ? new RegExp(compounds.join("|"), "g") : undefined,
    scaleWords: pairs(data.numbers.scales),
    andWords: new Set(data.numbers.and.map((a) => foldText(a))),
    andAfter: data.numbers.andAfter,
    teensAfter: data.numbers.teensAfter,
    weakOnes: new Set([...data.numbers.weakOnes.map((a) => foldText(a)), ...articles]),
    articles: new Set(articles),
    gluedAnd: data.numbers.gluedAnd,
    unitsFirst: data.numbers.unitsFirst ?? false,
    gluedBefore: data.numbers.gluedBefore ?? [],
    fractions: data.numbers.fractions.map(([pattern, value]) => ({ pattern: make(pattern), value })),
    notNumbers: data.numbers.not.map((p) => make(p)),
    joins: data.joins.map(([pattern, operation]) => ({ pattern: new RegExp(expand(pattern), "gu"), operation })),
    unitNames,
    unitPattern: new RegExp(
      `${NUMBER}${range}[ -]?(?:${unitGroups})${after}(?: ?/ ?(kg|ml|l|dl|h|d|day|min|m2)(?![a-z]))?`,
      "gu",
    ),
    articlePattern:
      articles.length > 0
        ? new RegExp(`(?<![\\p{L}\\p{N}])(?:${articles.join("|")}) (?:${unitGroups})${after}`, "gu")
        : undefined,
    dualPattern: Object.entries(data.duals ?? {}).map(([unit, pattern]) => ({ unit, pattern: make(pattern) })),
    halfPattern: Object.entries(data.halves ?? {}).map(([unit, pattern]) => ({ unit, pattern: make(pattern) })),
    barePattern: Object.entries(data.bareOne ?? {}).map(([unit, pattern]) => ({ unit, pattern: make(pattern) })),
    rules: data.rules.map(([kind, pattern, value]) => ({ kind, pattern: make(pattern), value })),
    greetings: (data.greetings ?? []).map((p) => make(p)),
    corrections: data.corrections && { sure: make(data.corrections.sure), between: make(data.corrections.between) },
    negation: {
      ignore: data.negation.ignore.map((p) => make(p)),
      soft: Object.entries(data.negation.soft).map(([name, p]) => ({ name, pattern: make(p) })),
      hard: data.negation.hard.map((p) => make(p)),
      concord: data.negation.concord ? make(data.negation.concord) : undefined,
      but: make(data.negation.but),
    },
    side: {
      left: data.side.left.map((p) => make(p)),
      right: data.side.right.map((p) => make(p)),
      ignore: (data.side.ignore ?? []).map((p) => make(p)),
    },
    notTerms: (data.notTerms ?? []).map((p) => make(p)),
    allergy: data.allergy === "" ? undefined : make(data.allergy),
    stem: {
      clitics: (data.stem?.clitics ?? []).map((c) => foldText(c)),
      prefixes: (data.stem?.prefixes ?? []).map((p) => foldText(p)),
      suffixes: (data.stem?.suffixes ?? []).map((s) => foldText(s)),
      least: data.stem?.least ?? 4,
    },
  };
}

const files: Record<string, unknown> = { en, zh, pt, es, fr, ru, ar };
const compiled = new Map<string, Rules>();

/** What stands in for a language nobody has written rules for: digits and international units only. */
function bare(language: string): Data {
  return {
    language,
    decimal: ".",
    spaced: !/^(th|lo|km|my|ja|bo)/.test(language),
    numbers: {
      words: "",
      scales: "",
      and: [],
      andAfter: 100,
      teensAfter: 10,
      weakOnes: [],
      articles: [],
      fractions: [],
      not: [],
    },
    joins: [],
    range: "-|~",
    macros: {},
    units: {},
    rules: [],
    negation: { ignore: [], soft: {}, hard: [], but: "(?!)" },
    side: { left: [], right: [] },
    allergy: "",
  };
}

/** The languages whose words, not only digits, are understood. */
export const ruleLanguages: readonly string[] = Object.keys(files);

export function hasRules(tag: string): boolean {
  return (tag.toLowerCase().split("-")[0] ?? tag) in files;
}

/** Rules for a BCP 47 tag; a language without its own file still has digits and international units. */
export function rulesFor(tag: string): Rules {
  const language = tag.toLowerCase().split("-")[0] ?? tag;
  let rules = compiled.get(language);
  if (!rules) {
    const file = files[language];
    rules = compile(file === undefined ? bare(language) : dataSchema.parse(file), commonSchema.parse(common).units);
    compiled.set(language, rules);
  }
  return rules;
}
