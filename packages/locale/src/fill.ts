import type { MessageFormatElement } from "@formatjs/icu-messageformat-parser";
import { IntlMessageFormat } from "intl-messageformat";
import type { Message, Values } from "./types.ts";

/** Fills in a message's placeholders. Throws FormatJS's errors: a value that is missing, a choice that is not there. */
export type Fill = (values?: Values) => string;

/**
 * A message made ready once. Text, plain placeholders, plurals and choices are joined straight from the
 * syntax tree, several times as fast as FormatJS joins them; what that way does not know (dates, number styles,
 * a missing value) FormatJS fills in and judges.
 */
export function fillOf(message: Message, tag: string): Fill {
  const format = new IntlMessageFormat(typeof message === "string" ? message : [...message], tag, undefined, { ignoreTag: true });
  const join = joiner(format.getAst(), numbersOf(tag));
  const slow: Fill = (values) => String(format.format(values as Record<string, string>));
  if (join === undefined) return slow;
  return (values = {}) => join(values, 0) ?? slow(values);
}

/** `undefined` where a value is not of the kind the message wants: FormatJS then says so. */
type Join = (values: Values, counted: number) => string | undefined;

interface Numbers {
  digits(value: number): string;
  category(type: "cardinal" | "ordinal", value: number): Intl.LDMLPluralRule;
}

/** The elements' numbers in `@formatjs/icu-messageformat-parser`, whose enum would come with the whole parser. */
const kinds = { literal: 0, argument: 1, select: 5, plural: 6, pound: 7 } as const;

/** `undefined` where an element is none of the simple kinds. `counted` is what `#` stands for. */
function joiner(elements: readonly MessageFormatElement[], numbers: Numbers): Join | undefined {
  const joins: Join[] = [];
  for (const element of elements) {
    const join = joinOf(element, numbers);
    if (join === undefined) return undefined;
    joins.push(join);
  }
  const [only] = joins;
  if (only !== undefined && joins.length === 1) return only;
  return (values, counted) => {
    let text = "";
    for (const join of joins) {
      const part = join(values, counted);
      if (part === undefined) return undefined;
      text += part;
    }
    return text;
  };
}

function joinOf(element: MessageFormatElement, numbers: Numbers): Join | undefined {
  switch (element.type) {
    case kinds.literal: {
      const { value } = element;
      return () => value;
    }
    case kinds.pound:
      return (_, counted) => numbers.digits(counted);
    case kinds.argument: {
      const name = element.value;
      return (values) => {
        const value = values[name];
        // FormatJS sets a comma after a truth value that stands in a sentence.
        return typeof value === "string"
          ? value
          : typeof value === "number" || typeof value === "boolean"
            ? String(value)
            : undefined;
      };
    }
    case kinds.select: {
      const name = element.value;
      const options = optionsOf(element.options, numbers);
      if (options === undefined) return undefined;
      const other = options.get("other");
      return (values) => {
        const value = values[name];
        if (typeof value !== "string") return undefined;
        return (options.get(value) ?? other)?.(values, 0);
      };
    }
    case kinds.plural: {
      const { value: name, offset, pluralType = "cardinal" } = element;
      const options = optionsOf(element.options, numbers);
      if (options === undefined) return undefined;
      const other = options.get("other");
      const exact = new Map(
        [...options].flatMap(([key, join]) => (key.startsWith("=") ? [[Number(key.slice(1)), join] as const] : [])),
      );
      return (values) => {
        const value = values[name];
        if (typeof value !== "number") return undefined;
        const counted = value - offset;
        const chosen = exact.get(value) ?? options.get(numbers.category(pluralType, counted)) ?? other;
        return chosen?.(values, counted);
      };
    }
    default:
      return undefined;
  }
}

function optionsOf(
  options: Readonly<Record<string, { readonly value: readonly MessageFormatElement[] }>>,
  numbers: Numbers,
): Map<string, Join> | undefined {
  const joins = new Map<string, Join>();
  for (const [key, option] of Object.entries(options)) {
    const join = joiner(option.value, numbers);
    if (join === undefined) return undefined;
    joins.set(key, join);
  }
  return joins;
}

const made = new Map<string, Numbers>();

/** Digits and plural categories of a language. What people count is small: whole numbers below 1024 are worked out once. */
function numbersOf(tag: string): Numbers {
  let numbers = made.get(tag);
  if (numbers !== undefined) return numbers;
  const format = new Intl.NumberFormat(tag);
  const cardinal = new Intl.PluralRules(tag);
  let ordinal: Intl.PluralRules | undefined;
  const ordinals = (value: number) => (ordinal ??= new Intl.PluralRules(tag, { type: "ordinal" })).select(value);
  const digits = remembered((value) => format.format(value));
  const categories = { cardinal: remembered((value) => cardinal.select(value)), ordinal: remembered(ordinals) };
  numbers = { digits, category: (type, value) => categories[type](value) };
  made.set(tag, numbers);
  return numbers;
}

function remembered<T>(work: (value: number) => T): (value: number) => T {
  const known: T[] = [];
  return (value) => {
    if (!Number.isInteger(value) || value < 0 || value >= 1024 || Object.is(value, -0)) return work(value);
    return (known[value] ??= work(value));
  };
}
