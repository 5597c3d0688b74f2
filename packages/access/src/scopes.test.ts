import { expect, test } from "vitest";
import { formatScopes, parseScopes, scopesAllow } from "./scopes.ts";

test("scopes of SMART version 2 and 1 are read", () => {
  const scopes = parseScopes("patient/*.rs user/Observation.cruds system/*.* user/Patient.read") ?? [];
  expect(formatScopes(scopes)).toBe("patient/*.rs user/Observation.cruds system/*.cruds user/Patient.rs");
});

test.each([
  "",
  "   ",
  "user/Patient",
  "user/Patient.",
  "user/Patient.rsx",
  "user/Patient.sr",
  "root/*.*",
  "user/*.rs nonsense",
  "user/../x.r",
])("%j is refused whole", (text) => {
  expect(parseScopes(text)).toBeUndefined();
});

test("a scope covers its type and verbs only", () => {
  const scopes = parseScopes("user/Patient.rs system/Observation.c") ?? [];
  expect(scopesAllow(scopes, "Patient", "r")).toBe(true);
  expect(scopesAllow(scopes, "Patient", "u")).toBe(false);
  expect(scopesAllow(scopes, "Observation", "r")).toBe(false);
  expect(scopesAllow([], "Patient", "r")).toBe(false);
});
