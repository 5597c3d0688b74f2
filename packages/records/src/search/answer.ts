import { elementOf, type Shape } from "../shape.ts";
import type { ServedType } from "../types.ts";
import { SearchError } from "./error.ts";

export const defaultCount = 20;
export const mostCount = 200;
/** What says how an answer is written; read where it is written. */
const ofTheAnswer = new Set(["_format", "_pretty"]);

export interface Answered {
  /** Entries a page holds. */
  readonly count: number;
  readonly cursor: string | undefined;
  /** The part of each resource that is asked for; undefined for the whole. */
  readonly shape: Shape | undefined;
  /** Parameters that only this interaction has. */
  readonly named: ReadonlyMap<string, string>;
}

/** The parameters of a read, a history or an operation; others are refused by name. Throws {@link SearchError}. */
export function parseAnswer(
  type: ServedType | undefined,
  query: Iterable<readonly [string, string]>,
  also: readonly string[] = [],
): Answered {
  const answer = new AnswerParameters(type);
  const paged = also.includes("_count");
  const named = new Map<string, string>();
  for (const [key, value] of query) {
    const applies = also.includes(key);
    if (!applies && !shapes.has(key) && !ofTheAnswer.has(key) && !(paged && key === "_cursor")) {
      throw new SearchError("unknown-parameter", key);
    }
    if (value === "" || named.has(key) || (key === "_summary" && value === "count")) throw new SearchError("bad-value", key);
    if (!answer.take(key, value)) named.set(key, value);
  }
  return { ...answer.read(), named };
}

const shapes = new Set(["_summary", "_elements"]);

/** What is said of the answer, not of what is looked for. */
export class AnswerParameters {
  readonly #type: ServedType | undefined;
  #count = defaultCount;
  #cursor: string | undefined;
  #total: string | undefined;
  #shape: Shape | undefined;

  constructor(type: ServedType | undefined) {
    this.#type = type;
  }

  /** False for a parameter that is not one of these. */
  take(key: string, value: string): boolean {
    if (ofTheAnswer.has(key)) return true;
    switch (key) {
      case "_count":
        if (!/^\d{1,6}$/.test(value)) throw new SearchError("bad-value", key);
        this.#count = Math.min(Number(value), mostCount);
        return true;
      case "_cursor":
        this.#cursor = value;
        return true;
      case "_total":
        if (!["none", "estimate", "accurate"].includes(value)) throw new SearchError("bad-value", key);
        this.#total = value;
        return true;
      case "_summary":
        if (value === "count") this.#count = 0;
        else if (value === "true") this.#shape = { kind: "summary" };
        else if (value === "text" || value === "data") this.#shape = { kind: value };
        else if (value !== "false") throw new SearchError("bad-value", key);
        return true;
      case "_elements":
        this.#shape = { kind: "elements", elements: elements(this.#type, value) };
        return true;
      default:
        return false;
    }
  }

  read() {
    const wantsTotal = this.#total === "accurate" || this.#total === "estimate" || this.#count === 0;
    const hidesTotal = this.#total === "none" && this.#count > 0;
    return { count: this.#count, cursor: this.#cursor, shape: this.#shape, wantsTotal, hidesTotal };
  }
}

/** `name,Patient.birthDate`; every one must be an element of the type, where there is one type. */
function elements(type: ServedType | undefined, value: string): string[] {
  return value.split(",").map((part) => {
    const [first = "", second] = part.trim().split(".", 2);
    const known =
      type === undefined || (elementOf(type, second ?? first) !== undefined && (second === undefined || first === type));
    if (!known || part.trim() === "") throw new SearchError("bad-value", "_elements");
    return second ?? first;
  });
}
