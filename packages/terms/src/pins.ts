import { readLine, type Reading } from "./line.ts";
import { lookAlikesOf } from "./lexicon.ts";
import { misheardTenth, misheardUnit, misheardWords } from "./misheard.ts";
import { soundPins } from "./sound.ts";
import type { Pin, PinKind } from "./types.ts";

/** Pins of a line already read. */
export function pinsOf(text: string, reading: Reading): Pin[] {
  const pins: Pin[] = [];
  const { at } = reading.folded;
  const add = (kind: PinKind, start: number, end: number, value: string, candidates?: string[]): void => {
    const from = at[start] ?? 0;
    const to = at[end] ?? text.length;
    const pin: Pin = { kind, start: from, end: to, text: text.slice(from, to), value };
    if (candidates && candidates.length > 0) pin.candidates = candidates;
    pins.push(pin);
  };
  for (const q of reading.quantities) {
    const tenth = misheardTenth(reading, q);
    add(q.kind, q.start, q.end, q.value, tenth === undefined ? misheardUnit(reading, q) : [q.value, tenth]);
  }
  for (const d of reading.drugs) {
    const said = reading.folded.text.slice(d.start, d.end);
    const [first, ...others] = d.entries;
    if (!first) continue;
    const names = [...new Set([...lookAlikesOf(said), ...lookAlikesOf(first.inn), ...others.map((o) => o.inn)])];
    // A look-alike pair is always shown whole: the name as said, then what it is taken for.
    add("drug", d.start, d.end, `INN:${first.inn}`, names.length > 0 ? [first.inn, ...names] : undefined);
  }
  for (const n of reading.negations)
    if (n.soft === undefined || n.soft === "reply") add("negation", n.start, n.end, "neg");
    else if (SHOWN_SOFT.has(n.soft)) add("negation", n.start, n.end, `neg:${n.soft}`);
  for (const s of reading.sides) add("side", s.start, s.end, `side:${s.side}`);
  for (const a of reading.allergies) add("allergy", a.start, a.end, "allergy");
  for (const t of reading.terms) {
    const body = t.entries.find((e) => e.kind === "body");
    if (body) add("body", t.start, t.end, `body:${body.id}`);
  }
  return pins.toSorted((a, b) => a.start - b.start || b.end - a.end);
}

/** Words for “not” that are worth an interpreter's eye; the others only serve the comparison. */
const SHOWN_SOFT = new Set(["without", "avoid", "stop", "forbidden", "nor", "forget", "worry", "unless"]);

/**
 * Numbers, doses, frequencies, durations, times, negations, sides, body parts, allergies and medicines of a line,
 * in order, with canonical values. What only sounds like a medicine is a pin with value `?…` and candidates.
 *
 * @param language BCP 47; a language without rules still has its digits, international units and medicines read.
 */
export function parsePins(text: string, language: string): Pin[] {
  const reading = readLine(text, language);
  const pins = [...pinsOf(text, reading), ...soundPins(text, reading), ...misheardWords(text, reading)];
  return pins.toSorted((a, b) => a.start - b.start || b.end - a.end);
}
