import { type MessageFormatElement, parse, TYPE } from "@formatjs/icu-messageformat-parser";

/** What must agree between a text and its translation. */
export interface Shape {
  /** Every argument named anywhere in the message. */
  readonly placeholders: ReadonlySet<string>;
  /** Argument → categories offered, for `plural` (cardinal) and `selectordinal` (ordinal). */
  readonly plurals: readonly {
    readonly argument: string;
    readonly type: "cardinal" | "ordinal";
    readonly categories: readonly string[];
  }[];
  /** Argument → options of `select`, sorted. */
  readonly selects: ReadonlyMap<string, string>;
  /** The words a reader may see, each branch apart; placeholders are gaps (U+FFFC). */
  readonly branches: readonly string[];
}

const gap = "\uFFFC";

/** Throws what the parser throws for a message that is not ICU. */
export function shapeOf(text: string): Shape {
  const placeholders = new Set<string>();
  const plurals: Shape["plurals"][number][] = [];
  const selects = new Map<string, string>();

  function walk(elements: readonly MessageFormatElement[]): readonly string[] {
    let branches: readonly string[] = [""];
    for (const element of elements) {
      const more = alternatives(element);
      branches = branches.flatMap((start) => more.map((end) => start + end));
    }
    return branches;
  }
  function alternatives(element: MessageFormatElement): readonly string[] {
    if (element.type === TYPE.literal) return [element.value];
    if (element.type === TYPE.pound) return [gap];
    if (element.type === TYPE.tag) return walk(element.children);
    placeholders.add(element.value);
    if (element.type === TYPE.plural) {
      const type = element.pluralType === "ordinal" ? "ordinal" : "cardinal";
      plurals.push({ argument: element.value, type, categories: Object.keys(element.options) });
      return Object.values(element.options).flatMap((option) => walk(option.value));
    }
    if (element.type === TYPE.select) {
      selects.set(element.value, Object.keys(element.options).sort().join(", "));
      return Object.values(element.options).flatMap((option) => walk(option.value));
    }
    return [gap];
  }
  const branches = walk(parse(text, { ignoreTag: true }));
  return { placeholders, plurals, selects, branches };
}
