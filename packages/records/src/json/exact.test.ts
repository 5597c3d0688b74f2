import { assert, array, constantFrom, dictionary, jsonValue, letrec, oneof, property, string } from "fast-check";
import { expect, test } from "vitest";
import { applyPatch } from "../patch.ts";
import type { JsonObject } from "../types.ts";
import { cloneJson, jsonText, parseJson } from "./exact.ts";

const numbers = [
  "5.10",
  "1.0",
  "0.0",
  "-0",
  "-0.00",
  "1e3",
  "1.20E+2",
  "1E-10",
  "0.0000001",
  "100",
  "0.1",
  "37.2",
  "12345678901234567890",
  "0.1000000000000000055511151231257827",
  "1e400",
  "9007199254740993",
  "1.7976931348623157e308",
  "-12.340",
];
const texts = letrec<{ value: string }>((tie) => ({
  value: oneof(
    { depthSize: "small", withCrossShrink: true },
    constantFrom(...numbers),
    jsonValue({ maxDepth: 0 }).map((value) => JSON.stringify(value)),
    array(tie("value"), { maxLength: 4 }).map((values) => `[${values.join(",")}]`),
    dictionary(string({ minLength: 1, maxLength: 3 }), tie("value"), { maxKeys: 4 }).map(
      // `__proto__` and keys that look like array indexes change their place in any JavaScript object.
      (members) =>
        `{${Object.entries(members)
          .map(([key, value]) => `${JSON.stringify(`k${key}`)}:${value}`)
          .join(",")}}`,
    ),
  ),
})).value;

test("whatever numbers are read are written as they were, also from a copy", () => {
  assert(
    property(texts, (text) => {
      const wrapped = `{"a":${text}}`;
      const value = parseJson(wrapped) as JsonObject;
      expect(JSON.stringify(value)).toBe(JSON.stringify(JSON.parse(wrapped)));
      expect(jsonText({ ...value })).toBe(wrapped);
      expect(jsonText(cloneJson(value))).toBe(wrapped);
    }),
  );
});

test("spaces around a number change nothing about it, and a number that was changed says its new value", () => {
  const value = parseJson('{ "q" : { "value" :\n 5.10 }, "list" : [ 1.0 , 2 ] }') as { q: { value: number } };
  expect(jsonText(value)).toBe('{"q":{"value":5.10},"list":[1.0,2]}');
  value.q.value = 6;
  expect(jsonText(value)).toBe('{"q":{"value":6},"list":[1.0,2]}');
});

test("what is nested too deep to be walked is read all the same", () => {
  const deep = `${'{"a":'.repeat(50_000)}1.0${"}".repeat(50_000)}`;
  expect(parseJson(deep)).toHaveProperty("a");
});

test("a patch keeps numbers as they were written, its own and those it moves", () => {
  const resource = parseJson(
    '{"resourceType":"Observation","value":{"n":5.10},"range":[{"low":1.0},{"low":2.50}]}',
  ) as JsonObject;
  const patch = parseJson(`[
    {"op":"test","path":"/value/n","value":5.1},
    {"op":"copy","from":"/range/1/low","path":"/high"},
    {"op":"move","from":"/range/0","path":"/range/1"},
    {"op":"replace","path":"/range/0/low","value":3.00},
    {"op":"add","path":"/more","value":{"deep":[{"n":7.70}]}},
    {"op":"add","path":"/more/deep/-","value":8.0}]`);
  const patched = applyPatch(resource, patch);
  expect(jsonText(patched)).toBe(
    '{"resourceType":"Observation","value":{"n":5.10},"range":[{"low":3.00},{"low":1.0}],"high":2.50,"more":{"deep":[{"n":7.70},8.0]}}',
  );
  expect(jsonText(resource)).toContain('"range":[{"low":1.0},{"low":2.50}]');
});
