import { assert, constantFrom, boolean, integer, nat, property, tuple } from "fast-check";
import { expect, test } from "vitest";
import { dateMatches, dateQueryTerms, dateTerms, parseDateQuery, parseInterval } from "./dates.ts";
import { SearchError } from "./error.ts";
import { parseSearch } from "./request.ts";
import { nameMatches, nameQueryTerms, nameTerms } from "./text.ts";

const names = [
  "João Conceição",
  "王小明",
  "欧阳 小明",
  "محمد أحمد",
  "Соловьёв Артём",
  "សុខ ចាន់ដារា",
  "አበበ ቢቂላ",
  "김 민준",
  "O'Neill",
  "Nguyễn Văn",
];

test("whatever part of a name matches is also found by the index", () => {
  const part = constantFrom(...names).chain((name) => {
    const letters = [...name];
    return tuple(nat(letters.length - 1), integer({ min: 1, max: letters.length })).map(([start, length]) => ({
      name,
      query: letters.slice(start, start + length).join(""),
    }));
  });
  assert(
    property(part, boolean(), ({ name, query }, exact) => {
      if (!nameMatches(name, query, exact)) return;
      const groups = nameQueryTerms(query, exact);
      const terms = new Set(nameTerms(name));
      // A query too short to narrow anything is refused or scanned; else every group must hold one of the name's terms.
      for (const group of groups ?? []) expect(group.some((term) => terms.has(term))).toBe(true);
    }),
  );
});

test("whatever date matches is also found by the index", () => {
  const moment = tuple(
    integer({ min: 1900, max: 2030 }),
    integer({ min: 1, max: 12 }),
    integer({ min: 1, max: 28 }),
    constantFrom(4, 7, 10),
  ).map(([year, month, day, length]) =>
    `${year}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}`.slice(0, length),
  );
  const prefix = constantFrom("", "eq", "gt", "lt", "ge", "le", "sa", "eb", "ap");
  assert(
    property(moment, moment, prefix, (value, bound, start) => {
      const interval = parseInterval(value);
      const query = parseDateQuery(`${start}${bound}`);
      if (interval === undefined || query === undefined || !dateMatches(interval, query)) return;
      const terms = new Set(dateTerms(interval));
      expect(dateQueryTerms(query)?.some((term) => terms.has(term)) ?? true).toBe(true);
    }),
  );
});

test.each([
  ["Patient", "shoe-size=43", "unknown-parameter"],
  ["Patient", "birthdate=yesterday", "bad-value"],
  ["Patient", "name:above=x", "bad-modifier"],
  ["Observation", "performer.name=x", "bad-chain"],
  ["Observation", "code.text=x", "bad-chain"],
  ["Patient", "_count=many", "bad-value"],
  ["Patient", "_include=Nobody:patient", "bad-value"],
  ["Patient", "gender:missing=perhaps", "bad-value"],
  ["Patient", Array.from({ length: 21 }, (_, at) => `name=a${at}`).join("&"), "too-many"],
] as const)("refuses %s?%s", (type, query, code) => {
  expect(() => parseSearch(type, new URLSearchParams(query))).toThrow(expect.objectContaining({ code }) as SearchError);
});
