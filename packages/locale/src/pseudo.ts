import { type MessageFormatElement, TYPE, parse } from "@formatjs/icu-messageformat-parser";
import { printAST } from "@formatjs/icu-messageformat-parser/printer.js";

/** CLDR's names for them: accented and longer, and the same from right to left. */
export const pseudoTags: readonly string[] = ["en-XA", "ar-XB"];

const plain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ";
const accented = "àƀçđéƒĝĥîĵķļɱñöþǫŕšţûṽŵẋýžÀƁÇĐÉƑĜĤÎĴĶĻṀÑÖÞǪŔŠŢÛṼŴẊÝŽ";
const arabic = "ابتثجحخدذرزسشصضطظعغفقكلمنهابتثجحخدذرزسشصضطظعغفقكلمنه";

/**
 * English made foreign, to find texts that are not translated, that are cut when a language is
 * longer, or that break from right to left. Placeholders stay as they are.
 */
export function pseudo(catalogue: Readonly<Record<string, string>>, tag: string): Readonly<Record<string, string>> {
  const letters = tag === "ar-XB" ? arabic : accented;
  return Object.fromEntries(
    Object.entries(catalogue).map(([key, text]) => [
      key,
      printAST(parse(text, { ignoreTag: true }).map((element) => foreign(element, letters))),
    ]),
  );
}

function foreign(element: MessageFormatElement, letters: string): MessageFormatElement {
  if (element.type === TYPE.literal) return { ...element, value: stretch(element.value, letters) };
  if (element.type === TYPE.plural || element.type === TYPE.select) {
    const options = Object.entries(element.options).map(
      ([name, option]) => [name, { ...option, value: option.value.map((inner) => foreign(inner, letters)) }] as const,
    );
    return { ...element, options: Object.fromEntries(options) } as MessageFormatElement;
  }
  return element;
}

/** A third longer, as German or Portuguese are: every third vowel doubled. */
function stretch(text: string, letters: string): string {
  const swapped = [...text].map((letter) => {
    const at = plain.indexOf(letter);
    return at < 0 ? letter : ([...letters][at] ?? letter);
  });
  if (letters === arabic) return swapped.join("");
  return swapped.map((letter, index) => (/[àéîöû]/.test(letter) && index % 3 !== 0 ? letter + letter : letter)).join("");
}
