import { join } from "node:path";
import type { Review } from "../types.ts";
import { checkTag, type Exchange, type Unit } from "./exchange.ts";
import type { Fault } from "./fault.ts";
import { fileName, type Project, type Texts } from "./project.ts";
import { judgePair } from "./rules.ts";
import { writeAll } from "./write.ts";

export interface Mark {
  /** Name of the speaker who read the texts. */
  readonly by: string;
  /** ISO 8601 date. */
  readonly on: string;
}

export interface Imported {
  /** Errors mean that nothing was written; warnings are for the reviewer. */
  readonly faults: readonly Fault[];
  readonly changed: number;
  readonly reviewed: number;
}

/**
 * Takes a translator's file into `locales/`. Any error refuses all of it. An empty translation leaves the
 * text as it was. With `mark`, every translation given is reviewed; without, a changed text is a draft again.
 */
export function importTexts(project: Project, exchange: Exchange, mark?: Mark): Imported {
  const { tag } = exchange;
  checkTag(tag);
  const faults = [...unreadable(project, tag), ...exchange.units.flatMap((unit, at) => judgeUnit(project, exchange, unit, at))];
  if (faults.some((fault) => fault.severity === "error")) return { faults, changed: 0, reviewed: 0 };
  const given = exchange.units.filter((unit) => unit.target !== "");
  const changed = given.filter((unit) => project.texts(tag, unit.namespace)?.[unit.key] !== unit.target);
  const files = new Map<string, string>();
  for (const namespace of new Set(changed.map((unit) => unit.namespace))) {
    const texts = merged(project, tag, namespace, changed);
    files.set(join(project.directory, tag, `${namespace}.json`), json(texts));
  }
  const before = project.review(tag);
  const after = reviewed(project, before, given, changed, mark, tag);
  if (json(after) !== json(before)) files.set(join(project.directory, tag, "review.json"), json(after));
  writeAll(files);
  return { faults, changed: changed.length, reviewed: mark === undefined ? 0 : given.length };
}

/** A file that cannot be read would be written over, and what it holds lost. */
const unreadable = (project: Project, tag: string): readonly Fault[] =>
  project.faults.filter((fault) => fault.file.startsWith(`locales/${tag}/`));

function judgeUnit(project: Project, { tag, units }: Exchange, unit: Unit, at: number): Fault[] {
  const { namespace, key } = unit;
  const place = { severity: "error" as const, file: fileName(tag, namespace), key };
  const source = own(project.texts("en", namespace), key);
  if (source === undefined) return [{ ...place, rule: "unknown-key", reason: "English has no such text." }];
  if (units.findIndex((other) => other.namespace === namespace && other.key === key) !== at) {
    return [{ ...place, rule: "duplicate-key", reason: "It stands twice in the file." }];
  }
  if (lines(unit.source) !== lines(source)) {
    return [{ ...place, rule: "source-changed", reason: `English now says “${source}”: export again and translate that.` }];
  }
  if (unit.target === "") return [];
  return judgePair({ tag, namespace, key, source, target: unit.target }).map((finding) => ({ ...place, ...finding }));
}

/** Some editors write line ends their own way. */
const lines = (text: string): string => text.replaceAll("\r\n", "\n");

const own = (texts: Texts | undefined, key: string): string | undefined =>
  texts !== undefined && Object.hasOwn(texts, key) ? texts[key] : undefined;

/** In the order of English, so that two languages can be read side by side. */
function merged(project: Project, tag: string, namespace: string, changed: readonly Unit[]): Texts {
  const texts: Record<string, string> = { ...project.texts(tag, namespace) };
  for (const unit of changed) if (unit.namespace === namespace) texts[unit.key] = unit.target;
  const order = Object.keys(project.texts("en", namespace) ?? {});
  return Object.fromEntries(
    [...new Set([...order, ...Object.keys(texts)])].flatMap((key) => {
      const text = texts[key];
      return text === undefined ? [] : [[key, text]];
    }),
  );
}

/** Marks key by key: “*” would also cover what is added or changed later. */
function reviewed(
  project: Project,
  before: Review,
  given: readonly Unit[],
  changed: readonly Unit[],
  mark: Mark | undefined,
  tag: string,
): Review {
  const after: Record<string, Record<string, Mark>> = {};
  for (const [namespace, marks] of Object.entries(before)) after[namespace] = { ...marks };
  for (const { namespace, key } of mark === undefined ? changed : given) {
    const marks = (after[namespace] ??= {});
    const all = marks["*"];
    if (all !== undefined) {
      delete marks["*"];
      for (const known of Object.keys(project.texts(tag, namespace) ?? {})) marks[known] ??= all;
    }
    if (mark === undefined) delete marks[key];
    else marks[key] = mark;
  }
  return Object.fromEntries(Object.entries(after).filter(([, marks]) => Object.keys(marks).length > 0));
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
