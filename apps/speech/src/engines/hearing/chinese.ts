import { Converter } from "opencc-js/t2cn";
import type { RawHeard } from "./raw.ts";

const simplify = Converter({ from: "t", to: "cn" });

/** Whisper writes traditional or simplified characters as it likes; the reader has asked for one of them. */
export function simplified(heard: RawHeard): RawHeard {
  return { ...heard, text: simplify(heard.text), words: heard.words.map((word) => ({ ...word, text: simplify(word.text) })) };
}

/** `zh` and `zh-Hans` readers want simplified characters; `zh-Hant`, `zh-TW`, `zh-HK` do not. */
export function wantsSimplified(language: string): boolean {
  return new Intl.Locale(language).language === "zh" && new Intl.Locale(language).maximize().script === "Hans";
}
