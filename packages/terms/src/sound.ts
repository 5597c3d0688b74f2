import commonFile from "../data/common-words.json" with { type: "json" };
import { z } from "zod";
import { foldText } from "./fold.ts";
import { glossary } from "./glossary.ts";
import { lexicon, namesOf } from "./lexicon.ts";
import type { Reading } from "./line.ts";
import { words } from "./matcher.ts";
import { letterSet, lettersApart, soundDistance, soundKey, syllableDistance, syllableOf, type Syllable } from "./phonetic.ts";
import type { Pin } from "./types.ts";

interface Name {
  name: string;
  kind: "drug" | "allergy" | "body";
  key: string;
  letters: number;
  syllables: Syllable[];
}

/** Key distance up to which a sound-alike is offered. */
const OFFER = 0.2;
const OFFER_SYLLABLES = 0.16;
/** Shorter keys sound like too much else. */
const SHORTEST_KEY = 7;
const MOST = 3;
/** Hearing parts a strange name into as many little words: “para set a mall”. */
const WIDEST = 4;

const common = new Map(
  Object.entries(z.record(z.string(), z.string()).parse(commonFile)).map(([language, list]) => [
    language,
    new Set(foldText(list).split(" ")),
  ]),
);
const nameLists = new Map<string, Name[]>();

function base(language: string): string {
  return language.toLowerCase().split("-")[0] ?? language;
}

function namesFor(language: string): Name[] {
  let list = nameLists.get(language);
  if (list) return list;
  const raw: [string, Name["kind"]][] = lexicon.flatMap((drug) =>
    namesOf(drug, language)
      .filter((name) => (language === "zh" ? /^\p{Script=Han}+$/u.test(name) : !/\p{Script=Han}/u.test(name)))
      .map((name): [string, Name["kind"]] => [name, "drug"]),
  );
  if (language === "zh")
    for (const term of glossary)
      if (term.kind === "disease" || term.id === "allergy")
        for (const name of term.names.zh) raw.push([name, term.id === "allergy" ? "allergy" : "body"]);
  list = raw.map(([name, kind]) => ({
    name,
    kind,
    key: language === "zh" ? "" : soundKey(foldText(name)),
    letters: language === "zh" ? 0 : letterSet(soundKey(foldText(name))),
    syllables: language === "zh" ? [...name].map((c) => syllableOf(c)) : [],
  }));
  list = list.filter((n) => (language === "zh" ? n.syllables.length >= 3 || n.kind === "allergy" : n.key.length >= SHORTEST_KEY));
  nameLists.set(language, list);
  return list;
}

interface Heard {
  start: number;
  end: number;
  kind: Name["kind"];
  names: string[];
  distance: number;
}

function covered(reading: Reading, start: number, end: number): boolean {
  const spans = [...reading.drugs, ...reading.terms, ...reading.allergies];
  return spans.some((s) => s.start < end && s.end > start);
}

/** Best-first names for one window of text. */
function offers(scored: { name: Name; distance: number }[]): Offer | undefined {
  const sorted = scored.toSorted((a, b) => a.distance - b.distance);
  const [best] = sorted;
  if (!best) return undefined;
  return { names: [...new Set(sorted.map((s) => s.name.name))].slice(0, MOST), kind: best.name.kind, distance: best.distance };
}

interface Offer {
  names: string[];
  kind: Name["kind"];
  distance: number;
}

/** Sound keys already looked up, per language; speech repeats its words. Keys only, never a line. */
const memories = new Map<string, Map<string, Offer | null>>();
const REMEMBERED = 5000;

function byKey(reading: Reading, language: string): Heard[] {
  const known = common.get(language);
  const list = words(reading.folded.text);
  const names = namesFor(language);
  const remembered = memories.get(language) ?? new Map<string, Offer | null>();
  memories.set(language, remembered);
  const heard: Heard[] = [];
  for (let i = 0; i < list.length; i += 1)
    for (let n = 1; n <= WIDEST && i + n <= list.length; n += 1) {
      const window = list.slice(i, i + n);
      const [first, last] = [window[0], window.at(-1)];
      if (!first || !last || covered(reading, first.start, last.end)) continue;
      if (window.some((w) => /\d/.test(w.text))) continue;
      if (!/^[ -]*$/.test(reading.folded.text.slice(first.end, window[1]?.start ?? first.end))) continue;
      const strange = window.filter((w) => !known?.has(w.text));
      if (strange.length === 0 || window.every((w) => w.text.length < 4) || (known?.has(first.text) === true && n === 1))
        continue;
      const key = soundKey(window.map((w) => w.text).join(""));
      if (key.length < SHORTEST_KEY - 1 || key.length > 30) continue;
      const letters = letterSet(key);
      const limit = n === 1 ? OFFER : OFFER * 1.01;
      let offer = remembered.get(key);
      if (offer === undefined) {
        const scored = names
          .filter(
            (name) => Math.abs(name.key.length - key.length) <= key.length * 0.3 && lettersApart(name.letters, letters) <= 5,
          )
          .map((name) => ({ name, distance: soundDistance(key, name.key, OFFER) }))
          .filter((s) => s.distance <= OFFER);
        offer = offers(scored) ?? null;
        if (remembered.size < REMEMBERED) remembered.set(key, offer);
      }
      if (offer && offer.distance <= limit) heard.push({ start: first.start, end: last.end, ...offer });
    }
  return heard;
}

function byPinyin(reading: Reading): Heard[] {
  const { text } = reading.folded;
  const names = namesFor("zh");
  const heard: Heard[] = [];
  for (const run of text.matchAll(/\p{Script=Han}{2,}/gu)) {
    const syllables = [...run[0]].map((c) => syllableOf(c));
    for (const name of names) {
      const n = name.syllables.length;
      const limit = n === 2 ? 0.1 : OFFER_SYLLABLES;
      for (let i = 0; i + n <= syllables.length; i += 1) {
        let sum = 0;
        for (let k = 0; k < n && sum <= limit * n; k += 1) {
          const [a, b] = [name.syllables[k], syllables[i + k]];
          sum += a && b ? syllableDistance(a, b) : 1;
        }
        const start = run.index + i;
        if (sum > limit * n || covered(reading, start, start + n)) continue;
        heard.push({ start, end: start + n, kind: name.kind, names: [name.name], distance: sum / n });
      }
    }
  }
  return heard;
}

const memory = new WeakMap<Reading, Heard[]>();

/** Spans that sound like a medicine (in Chinese also a disease or an allergy) but are not spelled as one; none overlap. */
export function soundsLike(reading: Reading): Heard[] {
  const before = memory.get(reading);
  if (before) return before;
  const { language } = reading.rules;
  const heard = language === "zh" ? byPinyin(reading) : byKey(reading, base(language));
  const kept: Heard[] = [];
  for (const one of heard.toSorted((a, b) => a.distance - b.distance || b.end - b.start - (a.end - a.start))) {
    const same = kept.find((k) => k.start < one.end && k.end > one.start);
    if (!same) kept.push({ ...one });
    else if (same.start === one.start && same.end === one.end && same.names.length < MOST)
      same.names = [...new Set([...same.names, ...one.names])];
  }
  memory.set(reading, kept);
  return kept;
}

/** Sound-alikes as pins: value `?…`, candidates best first, and never more than half certain. */
export function soundPins(text: string, reading: Reading): Pin[] {
  const { at } = reading.folded;
  return soundsLike(reading).map((h) => {
    const start = at[h.start] ?? 0;
    const end = at[h.end] ?? text.length;
    const said = text.slice(start, end);
    return { kind: h.kind, start, end, text: said, value: `?${said}`, probability: 0.5, candidates: h.names };
  });
}
