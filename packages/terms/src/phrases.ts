/**
 * The phrase memory: clinical phrases agreed by people, so that the most common lines of a visit need no machine.
 *
 * One file per language, `locales/<BCP 47 tag>/clinical.json`: a flat object of `"<topic>.<phrase>": "text"`. Keys are
 * the same in every language; English is the source. A text may have slots in braces, a name that stands twice must be said the same twice:
 *
 *   {n} {days} {hours} {weeks} {months} {years} {times} {tablets} {drops} {puffs} {minutes}  a number
 *   {dose}   an amount with its unit, `500 mg`              {drug}   a medicine of the lexicon, in that language
 *   {time}   a time of day, `8:30`                          {name}   any short text, kept as it is
 *
 * Several ways to say one phrase are parted by ` | `: the first is what is shown, the others are only recognised. A
 * language may lack a key: then that phrase is left to translation. Punctuation at the end, case, accents and spacing
 * do not matter when matching; the text shown keeps its own.
 */
import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { foldText } from "./fold.ts";
import { drugByInn, drugMatcher, drugLanguages } from "./lexicon.ts";
import { rulesFor } from "./rules.ts";
import { renderSlot, slotPattern, type SlotValue } from "./slots.ts";

export interface PhraseMatch {
  text: string;
  /** Key of the phrase. */
  id: string;
  /** Slot name → as said in the source. */
  slots: Record<string, string>;
}

export interface Phrases {
  /** Tags with a `clinical.json`. */
  languages: readonly string[];
  /** Keys and shown texts of one language. */
  all(language: string): ReadonlyMap<string, string>;
  /** The agreed translation of a whole line; undefined where it is not a phrase of the memory. */
  lookup(text: string, from: string, to: string): PhraseMatch | undefined;
}

export class PhraseFileError extends Error {
  readonly code: "unreadable" | "unknown-slot";
  constructor(code: "unreadable" | "unknown-slot", message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "PhraseFileError";
    this.code = code;
  }
}

interface Slotted {
  id: string;
  pattern: RegExp;
  names: string[];
}

interface Language {
  shown: Map<string, string>;
  exact: Map<string, string>;
  slotted: Slotted[];
}

/** Case, accents, spacing and all punctuation but that inside numbers put aside. */
function key(text: string, spaced: boolean): string {
  const plain = foldText(text)
    .replaceAll(/(?<!\d)[.,:]|[.,:](?!\d)|[;!?¿¡"'…。，、；：！？،؟؛।۔။។()«»„-]/gu, " ")
    .replaceAll(/ +/g, " ")
    .trim();
  return spaced ? plain : plain.replaceAll(/(?<![a-z0-9]) | (?![a-z0-9])/g, "");
}

function compile(id: string, text: string, spaced: boolean): Slotted {
  const names: string[] = [];
  const parts = text.split(/\{(\w+)\}/);
  let pattern = "";
  for (const [i, part] of parts.entries()) {
    if (i % 2 === 0) {
      const folded = key(part, spaced).replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&");
      const [before, after] = [i > 0 ? " ?" : "", i < parts.length - 1 ? " ?" : ""];
      pattern += folded === "" ? before && after : `${before}${folded}${after}`;
      continue;
    }
    const slot = slotPattern(part);
    if (slot === undefined) throw new PhraseFileError("unknown-slot", `${id}: no slot is called {${part}}`);
    if (names.includes(part)) {
      pattern += `\\${names.indexOf(part) + 1}`;
      continue;
    }
    names.push(part);
    pattern += slot;
  }
  return { id, pattern: new RegExp(`^${pattern}$`, "u"), names };
}

function load(file: string, tag: string): Language {
  let entries: Record<string, string>;
  try {
    entries = z.record(z.string(), z.string()).parse(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    throw new PhraseFileError("unreadable", `${file} is not a flat object of texts`, { cause });
  }
  const { spaced } = rulesFor(tag);
  const language: Language = { shown: new Map(), exact: new Map(), slotted: [] };
  for (const [id, text] of Object.entries(entries)) {
    const ways = text.split(" | ");
    language.shown.set(id, ways[0] ?? text);
    for (const way of ways) {
      if (way.includes("{")) language.slotted.push(compile(id, way, spaced));
      else if (!language.exact.has(key(way, spaced))) language.exact.set(key(way, spaced), id);
    }
  }
  // The phrase with most words of its own is tried first: “for {days} days” before “for {n}”.
  language.slotted.sort((a, b) => b.pattern.source.length - a.pattern.source.length);
  return language;
}

/** Reads a slot as said, or undefined where it is not what the slot is for. */
function readSlot(name: string, said: string, from: string): SlotValue | undefined {
  if (name !== "drug") return { name, said };
  const [match] = drugMatcher(from).find(said);
  const inn = match?.entries[0]?.inn;
  return match && inn !== undefined && match.end - match.start >= said.length - 1 ? { name, said, inn } : undefined;
}

/** Opens every `<localesDir>/<tag>/clinical.json`; a broken file is an error that names it. */
export function openPhrases(localesDir: string): Phrases {
  const languages = new Map<string, Language>();
  const tags = existsSync(localesDir) ? readdirSync(localesDir, { withFileTypes: true }).filter((d) => d.isDirectory()) : [];
  for (const { name: tag } of tags) {
    const file = join(localesDir, tag, "clinical.json");
    if (existsSync(file)) languages.set(tag, load(file, tag));
  }
  const pick = (tag: string): Language | undefined => languages.get(tag) ?? languages.get(tag.split("-")[0] ?? tag);
  const render = (id: string, slots: SlotValue[], to: string, from: string): string | undefined => {
    let text = pick(to)?.shown.get(id);
    for (const slot of slots) {
      const language = drugLanguages.find((l) => l === to.split("-")[0]);
      const drug = slot.inn === undefined ? undefined : drugByInn(slot.inn);
      const value = drug ? (language ? drug.names[language][0] : drug.inn) : renderSlot(slot, to, from);
      if (value === undefined) return undefined;
      text = text?.replaceAll(`{${slot.name}}`, value);
    }
    return text;
  };
  return {
    languages: [...languages.keys()],
    all: (language) => pick(language)?.shown ?? new Map<string, string>(),
    lookup(text, from, to) {
      const source = pick(from);
      if (!source || !pick(to) || text.length > 400) return undefined;
      const said = key(text, rulesFor(from).spaced);
      const id = source.exact.get(said);
      if (id !== undefined) {
        const shown = pick(to)?.shown.get(id);
        return shown === undefined || shown.includes("{") ? undefined : { text: shown, id, slots: {} };
      }
      for (const { id, pattern, names } of source.slotted) {
        const match = pattern.exec(said);
        if (!match) continue;
        const values = names.map((name, i) => readSlot(name, (match[i + 1] ?? "").trim(), from));
        if (values.some((v) => v === undefined)) continue;
        const known = values.filter((v) => v !== undefined);
        const shown = render(id, known, to, from);
        if (shown === undefined || /\{\w+\}/.test(shown)) continue;
        return { text: shown, id, slots: Object.fromEntries(known.map((v) => [v.name, v.said])) };
      }
      return undefined;
    },
  };
}
