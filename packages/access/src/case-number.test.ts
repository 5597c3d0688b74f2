import { assert, nat, property } from "fast-check";
import { expect, test } from "vitest";
import { makeAccessCode, makeCaseNumber, parseAccessCode, parseCaseNumber } from "./case-number.ts";
import { alphabet } from "./crockford.ts";

test("a case number has the country and eight symbols, and reads back", () => {
  for (let i = 0; i < 200; i++) {
    const number = makeCaseNumber("MZ");
    expect(number).toMatch(/^MZ-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/);
    expect(parseCaseNumber(number, "MZ")).toBe(number);
  }
});

test("it is read as people type it", () => {
  const number = "MZ-1PMT-M35Z";
  for (const typed of ["mz-1pmt-m35z", " MZ 1PMT M35Z ", "1PMTM35Z", "IPMT–M35Z", "lpmt m35z", "mz1pmtm35z"]) {
    expect(parseCaseNumber(typed, "MZ"), typed).toBe(number);
  }
});

test("another country's number, a wrong length and letters outside the alphabet are not case numbers", () => {
  for (const typed of ["", "MZ-1PMT", "GQ-1PMT-M35Z", "MZ-1PMT-M35Z-0", "MZ-UPMT-M35Z", "1".repeat(10_000), "MZ-1PMT-M35\0"]) {
    expect(parseCaseNumber(typed, "MZ")).toBeUndefined();
  }
  expect(parseCaseNumber("1PMTM35Z", "GQ")).toBeUndefined();
});

test("every single wrong symbol and every exchange of two symbols is seen", () => {
  assert(
    property(nat({ max: 7 }), nat({ max: 7 }), nat({ max: 31 }), (i, j, value) => {
      const symbols = [...makeCaseNumber("GQ").slice(3).replace("-", "")];
      const wrong = symbols.with(i, alphabet.charAt(value));
      if (wrong[i] !== symbols[i]) expect(parseCaseNumber(wrong.join(""), "GQ")).toBeUndefined();
      const swapped = symbols.with(i, symbols[j] ?? "").with(j, symbols[i] ?? "");
      if (symbols[i] !== symbols[j]) expect(parseCaseNumber(swapped.join(""), "GQ")).toBeUndefined();
    }),
    { numRuns: 2000 },
  );
});

test("an access code is eight digits, typed in the digits of any script", () => {
  expect(makeAccessCode()).toMatch(/^\d{8}$/);
  expect(parseAccessCode("1234 5678")).toBe("12345678");
  expect(parseAccessCode("١٢٣٤-٥٦٧٨")).toBe("12345678");
  expect(parseAccessCode("१२३४५६७९")).toBe("12345679");
  for (const typed of ["", "1234567", "123456789", "1234567a", "12345678".repeat(1000)]) {
    expect(parseAccessCode(typed)).toBeUndefined();
  }
});
