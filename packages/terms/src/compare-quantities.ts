import { near, readAmount, sameAmount, sameFamily, type Amount } from "./amounts.ts";
import type { Quantity } from "./quantities.ts";
import type { Flag, FlagCode } from "./types.ts";

export interface Item {
  quantity: Quantity;
  text: string;
  amount: Amount | undefined;
}

/** Parts of the day that languages draw differently: “tarde” is afternoon and evening, “noche” evening and night. */
const DAY_KIN: Record<string, readonly string[]> = {
  "time:afternoon": ["time:evening"],
  "time:evening": ["time:night", "time:afternoon"],
  "time:night": ["time:evening", "time:midnight", "time:bedtime"],
  "time:midnight": ["time:night"],
  "time:bedtime": ["time:night"],
  "time:no-meal": ["time:before-meal"],
};
const PARTS = /^time:(?:morning|noon|afternoon|evening|night|midnight|bedtime)$/;
/** Words for a night that say by themselves that it was yesterday's: 昨天晚上 names the day, “last night” does not. */
const LAST_NIGHT = /^(?:last nights?|ontem [àa] noites?|anoche|昨晚|прошло[йи] ночью)$/u;
/** Two ways of saying that the stomach is empty. */
const BEFORE = new Set(["time:before-meal", "time:no-meal"]);
const DOSE_LIKE = /^(?:mass|volume|IU|time|months|tablet|capsule|drop|puff|teaspoon|tablespoon)/;

function hourOf(value: string): { minutes: number; open: boolean } | undefined {
  const match = /^T(\d+):(\d+)(\?)?$/.exec(value);
  return match ? { minutes: Number(match[1]) * 60 + Number(match[2]), open: match[3] === "?" } : undefined;
}

function sameTime(a: Item, b: Item): boolean {
  const [x, y] = [a.quantity.value, b.quantity.value];
  if (x === y || DAY_KIN[x]?.includes(y) || DAY_KIN[y]?.includes(x)) return true;
  const [first, second] = [hourOf(x), hourOf(y)];
  if (first && second)
    return first.minutes % 720 === second.minutes % 720 && (first.open || second.open || first.minutes === second.minutes);
  const clock = first ?? second;
  const other = first ? b : a;
  if (clock && other.amount?.family === "")
    return near(other.amount.low * 60, clock.minutes % 720) || near(other.amount.low * 60, clock.minutes);
  const month = /^(?:date|month):(\d+)/;
  return (
    month.test(x) && month.test(y) && (x.startsWith(y.replace("month:", "date:")) || y.startsWith(x.replace("month:", "date:")))
  );
}

function same(a: Item, b: Item): boolean {
  if (!a.amount || !b.amount) return sameTime(a, b);
  return sameFamily(a.amount.family, b.amount.family) && sameAmount(a.amount, b.amount);
}

/** Equal numbers where only one side says what they count. */
function sameButUnit(a: Item, b: Item): boolean {
  return a.amount !== undefined && b.amount !== undefined && sameNumber(a, b);
}

function sameNumber(a: Item, b: Item): boolean {
  const number = (item: Item): string => /^[\d./-]+/.exec(item.quantity.value)?.[0] ?? "";
  return number(a) !== "" && number(a) === number(b);
}

/** Takes matching items off both lists, in order. */
function cancel(source: Item[], target: Item[], equal: (a: Item, b: Item) => boolean, seen?: (a: Item, b: Item) => void): void {
  for (let i = 0; i < source.length; i += 1) {
    const one = source[i];
    if (!one) continue;
    const j = target.findIndex((other) => equal(one, other));
    const other = target[j];
    if (!other) continue;
    seen?.(one, other);
    source.splice(i, 1);
    target.splice(j, 1);
    i -= 1;
  }
}

function group(item: Item): string {
  const { value } = item.quantity;
  if (PARTS.test(value)) return "part";
  if (value.endsWith("-meal")) return "meal";
  if (value.startsWith("day:")) return "day";
  if (/^(?:date|month)/.test(value)) return "date";
  if (value.startsWith("T")) return "clock";
  const family = item.amount?.family ?? "";
  return family === "months" ? "time" : family;
}

/** “Yesterday” right before its own night: 昨天晚上, “yesterday night”. */
function namesLastNight({ quantity }: Item, own: Item[]): boolean {
  const gap = (night: Quantity): number => night.start - quantity.end;
  return quantity.value === "day:-1" && own.some(({ quantity: o }) => o.value === "time:night" && gap(o) >= 0 && gap(o) <= 1);
}

function changedCode(item: Item): FlagCode {
  const kind = group(item);
  if (kind === "rate" || kind === "part" || kind === "meal") return "frequency-changed";
  if (kind === "time") return "duration-changed";
  return "number-changed";
}

/** Splits ranges and pairs, so that “120/80” meets “120 … 80”. */
function splitPairs(items: Item[]): Item[] {
  return items.flatMap((item) => {
    const match = /^([\d.]+)[-/]([\d.]+)( \S+)?$/.exec(item.quantity.value);
    if (!match) return [item];
    return [match[1], match[2]].map((n) => {
      const value = `${n}${match[3] ?? ""}`;
      return { ...item, amount: readAmount(value), quantity: { ...item.quantity, value } };
    });
  });
}

/** Flags for numbers, units, frequencies, durations and times that differ between the two sides. */
export function compareQuantities(sourceAll: Item[], targetAll: Item[]): Flag[] {
  const flags: Flag[] = [];
  let source = [...sourceAll];
  let target = [...targetAll];
  cancel(source, target, (a, b) => a.quantity.value === b.quantity.value);
  cancel(source, target, same);
  if (source.length > 0 && target.length > 0) {
    source = splitPairs(source);
    target = splitPairs(target);
    cancel(source, target, same);
  }
  cancel(source, target, sameButUnit, (a, b) => {
    const [from, to] = [a.amount?.family ?? "", b.amount?.family ?? ""];
    const dropped = to === "" && DOSE_LIKE.test(from) && !a.quantity.weak;
    if (from !== "" && to !== "" ? !(a.quantity.weak && b.quantity.weak) : dropped)
      flags.push({ code: "unit-changed", source: a.text, target: b.text });
  });
  const hasPart = (items: Item[]): boolean =>
    items.some((i) => PARTS.test(i.quantity.value) || i.amount?.family === "rate" || group(i) === "clock");
  const quiet = (item: Item, own: Item[], others: Item[]): boolean => {
    if (item.quantity.weak) return true;
    if (BEFORE.has(item.quantity.value)) return others.some((o) => BEFORE.has(o.quantity.value));
    if (item.quantity.value === "1/d") return hasPart(others);
    if (namesLastNight(item, own)) return others.some((o) => LAST_NIGHT.test(o.text));
    if (PARTS.test(item.quantity.value)) return others.some((o) => group(o) === "clock");
    return false;
  };
  cancel(
    source,
    target,
    (a, b) =>
      group(a) === group(b) &&
      !(a.quantity.weak && b.quantity.weak) &&
      !(quiet(a, sourceAll, targetAll) && quiet(b, targetAll, sourceAll)),
    (a, b) => flags.push({ code: changedCode(a), source: a.text, target: b.text }),
  );
  const left = source.filter((item) => !quiet(item, sourceAll, targetAll));
  const added = target.filter((item) => !quiet(item, targetAll, sourceAll));
  cancel(
    left,
    added,
    (a, b) => a.amount !== undefined && b.amount !== undefined,
    (a, b) => {
      const unit = a.amount && b.amount && near(a.amount.low, b.amount.low);
      flags.push({ code: unit ? "unit-changed" : changedCode(a), source: a.text, target: b.text });
    },
  );
  for (const item of left)
    flags.push({ code: changedCode(item) === "frequency-changed" ? "frequency-changed" : "number-missing", source: item.text });
  for (const item of added)
    flags.push({ code: changedCode(item) === "frequency-changed" ? "frequency-changed" : "number-added", target: item.text });
  return flags;
}
