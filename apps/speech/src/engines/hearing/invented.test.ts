import { describe, expect, it } from "vitest";
import { loops, withoutInvented } from "./invented.ts";

const heard = (text: string) => ({ text, words: text.split(" ").map((word) => ({ text: word, probability: 0.9 })), cut: false });
const left = (text: string, seconds = 5, quiet = false) => withoutInvented(heard(text), seconds, quiet).text;

describe("invented text", () => {
  it.each([
    ["a description of sound", "[Música]"],
    ["brackets of another script", "（音乐）"],
    ["notes", "♪ ♪"],
    ["only marks", "..."],
    ["a phrase three times over", "tome um comprimido, tome um comprimido, tome um comprimido,"],
    ["a word without end", "obrigado obrigado obrigado obrigado obrigado obrigado obrigado"],
  ])("%s is dropped", (_, text) => expect(left(text)).toBe(""));

  it("is what is longer than the sound allows", () => {
    expect(left("I would like to thank everyone who came here today to listen to this long talk", 0.6)).toBe("");
  });

  it("is a stock phrase where the sound is quiet, not where somebody speaks", () => {
    expect(left("Thank you.", 1, true)).toBe("");
    expect(left("Thank you.", 1, false)).toBe("Thank you.");
  });

  it("keeps what people do say", () => {
    expect(left("No, no, no, it does not hurt.")).toBe("No, no, no, it does not hurt.");
    expect(left("2 2 2 2 2 2")).toBe("2 2 2 2 2 2");
    expect(loops("três três três seis sete oito")).toBe(false);
  });

  it("loses only the brackets beside speech, words too", () => {
    const kept = withoutInvented(heard("Dói aqui. [risos]"), 3, false);
    expect(kept.text).toBe("Dói aqui.");
    expect(kept.words.map(({ text }) => text)).toEqual(["Dói", "aqui."]);
  });
});
