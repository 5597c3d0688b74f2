import { z } from "zod";
import kinFile from "../data/body-kin.json" with { type: "json" };
import { areLookAlikes, type Drug } from "./lexicon.ts";
import type { Reading } from "./line.ts";
import type { Flag } from "./types.ts";

const kin = z.object({ kin: z.array(z.array(z.string())) }).parse(kinFile).kin;

function related(a: string, b: string): boolean {
  return a === b || kin.some((group) => group.includes(a) && group.includes(b));
}

const slice = (reading: Reading, start: number, end: number): string => reading.folded.text.slice(start, end);

interface Named {
  drugs: Drug[];
  text: string;
}

function named(reading: Reading): Named[] {
  const all = reading.drugs.map((d) => ({ drugs: d.entries, text: slice(reading, d.start, d.end) }));
  // Saying a name twice is not two medicines.
  return all.filter((one, i) => all.findIndex((other) => other.drugs[0] === one.drugs[0]) === i);
}

/** Flags for medicines that one side has and the other has not, look-alikes named as such. */
export function compareDrugs(source: Reading, target: Reading): Flag[] {
  const flags: Flag[] = [];
  const left = named(source);
  const added = named(target);
  for (const one of left.slice()) {
    const other = added.find((n) => n.drugs.some((drug) => one.drugs.includes(drug)));
    if (!other) continue;
    left.splice(left.indexOf(one), 1);
    added.splice(added.indexOf(other), 1);
  }
  for (const one of left) {
    const other = added.shift();
    if (!other) {
      flags.push({ code: "drug-missing", source: one.text });
      continue;
    }
    flags.push({ code: "drug-changed", source: one.text, target: other.text });
    if (one.drugs.some((a) => other.drugs.some((b) => areLookAlikes(a, b))))
      flags.push({ code: "look-alike", source: one.text, target: other.text });
  }
  for (const other of added) flags.push({ code: "drug-added", target: other.text });
  return flags;
}

interface Part {
  /** Every sense of the word. */
  ids: string[];
  text: string;
  /** Named inside a longer term (the head in “headache”), so it answers but is not missed. */
  inside: boolean;
}

function parts(reading: Reading): Part[] {
  return reading.terms.flatMap((t): Part[] => {
    const body = t.entries.filter((e) => e.kind === "body").map((e) => e.id);
    const inside = t.entries.flatMap((e) => (e.part ? [e.part] : []));
    const text = slice(reading, t.start, t.end);
    if (body.length > 0) return [{ ids: body, text, inside: false }];
    return inside.length > 0 ? [{ ids: inside, text, inside: true }] : [];
  });
}

/** Flags a body part that became another, or that was lost or added. */
export function compareBody(source: Reading, target: Reading): Flag[] {
  const answers = (part: Part, others: Part[]): boolean =>
    others.some((o) => o.ids.some((a) => part.ids.some((b) => related(a, b))));
  const from = parts(source);
  const to = parts(target);
  const lost = from.filter((p) => !answers(p, to));
  const gained = to.filter((p) => !answers(p, from));
  const changed = lost.length > 0 && gained.length > 0;
  const first = changed ? lost[0] : lost.find((p) => !p.inside);
  const second = changed ? gained[0] : gained.find((p) => !p.inside);
  return first || second ? [{ code: "body-changed", source: first?.text, target: second?.text }] : [];
}

/** The body part nearest to each left or right. */
function sided(reading: Reading): { side: string; body: string | undefined; text: string }[] {
  const bodies = reading.terms.flatMap((t) => {
    const body = t.entries.find((e) => e.kind === "body");
    return body ? [{ id: body.id, start: t.start, end: t.end }] : [];
  });
  return reading.sides.map((s) => {
    let best: { id: string; distance: number } | undefined;
    for (const b of bodies) {
      const distance = b.start >= s.end ? b.start - s.end : s.start - b.end;
      if (distance <= 12 && (!best || distance < best.distance)) best = { id: b.id, distance };
    }
    return { side: s.side, body: best?.id, text: slice(reading, s.start, s.end) };
  });
}

/** Flags left that became right, was lost or added, or changed places between two body parts. */
export function compareSides(source: Reading, target: Reading): Flag[] {
  const from = sided(source);
  const to = sided(target);
  for (const side of ["left", "right"]) {
    const here = from.find((s) => s.side === side);
    const there = to.find((s) => s.side === side);
    if ((here === undefined) !== (there === undefined))
      return [{ code: "side-changed", source: (here ?? from[0])?.text, target: (there ?? to[0])?.text }];
  }
  for (const one of from) {
    if (one.body === undefined) continue;
    const others = to.filter((o) => o.body !== undefined && related(o.body, one.body ?? ""));
    if (others.length > 0 && !others.some((o) => o.side === one.side))
      return [{ code: "side-changed", source: one.text, target: others[0]?.text }];
  }
  return [];
}

/** Flags an allergy that only one side speaks of. */
export function compareAllergies(source: Reading, target: Reading): Flag[] {
  const [one] = source.allergies;
  const [other] = target.allergies;
  if ((one === undefined) === (other === undefined)) return [];
  return [
    {
      code: "allergy-changed",
      source: one && slice(source, one.start, one.end),
      target: other && slice(target, other.start, other.end),
    },
  ];
}
