import { randomInt } from "node:crypto";
import { checkSymbol, decodeSymbols, encodeSymbols } from "./crockford.ts";

/**
 * A case number, `MZ-XXXX-XXXX`: the country, seven random Crockford symbols (35 bits) and a check
 * symbol over all of them and the country. It says nothing about when or for whom the case was opened.
 */
export function makeCaseNumber(country: string): string {
  const random = Array.from({ length: 7 }, () => randomInt(32));
  return write(country, [...random, checkSymbol([...countrySymbols(country), ...random])]);
}

/**
 * The canonical form of a typed case number (any case, spaces or hyphens, O for 0, with or without
 * the country), or `undefined` where its length, letters or check are wrong or it is another country's.
 */
export function parseCaseNumber(typed: string, country: string): string | undefined {
  if (typed.length > 40) return undefined;
  const letters = typed.replace(/[\s\p{Dash_Punctuation}]/gu, "").toUpperCase();
  const body = letters.length === 8 + country.length && letters.startsWith(country) ? letters.slice(country.length) : letters;
  const symbols = body.length === 8 ? decodeSymbols(body) : undefined;
  if (symbols === undefined) return undefined;
  const check = checkSymbol([...countrySymbols(country), ...symbols.slice(0, 7)]);
  return check === symbols[7] ? write(country, symbols) : undefined;
}

/** The code that opens the status of a case: eight digits, which every phone can type. 26 bits, so guesses are limited. */
export function makeAccessCode(): string {
  return String(randomInt(100_000_000)).padStart(8, "0");
}

/** The digits of a typed access code, in any script's digits, or `undefined` where it cannot be one. */
export function parseAccessCode(typed: string): string | undefined {
  if (typed.length > 40) return undefined;
  const digits = [...typed.replace(/[\s\p{Dash_Punctuation}]/gu, "")].map(decimal).join("");
  return /^\d{8}$/.test(digits) ? digits : undefined;
}

/** Unicode puts the ten digits of a script in one run of code points that starts at a multiple of its zero. */
function decimal(character: string): string {
  if (!/^\p{Decimal_Number}$/u.test(character)) return "x";
  const point = character.codePointAt(0) ?? 0;
  let zero = point;
  while (zero > 0 && point - zero < 9 && /^\p{Decimal_Number}$/u.test(String.fromCodePoint(zero - 1))) zero--;
  return String(point - zero);
}

function countrySymbols(country: string): number[] {
  // Letters of the country as 0–25: here they are only weighed, never written.
  return [...country].map((letter) => letter.charCodeAt(0) - 65);
}

function write(country: string, symbols: readonly number[]): string {
  const text = encodeSymbols(symbols);
  return `${country}-${text.slice(0, 4)}-${text.slice(4)}`;
}
