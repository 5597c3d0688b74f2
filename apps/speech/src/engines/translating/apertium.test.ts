import { afterAll, describe, expect, it } from "vitest";
import { apertiumMode, apertiumModes, apertiumStep, withoutMarks } from "./apertium.ts";

describe("Portuguese to Spanish, close languages", () => {
  const mode = apertiumMode(apertiumModes(), "pt-MZ", "es") ?? "";
  const step = apertiumStep(mode);
  afterAll(() => step.close());

  it("keeps one process and answers in order", async () => {
    const answers = await Promise.all(
      ["Você tem dor no peito?", "Tome três comprimidos por dia."].map((text) => step.translate(text, [])),
    );
    expect(answers.map(({ text }) => text)).toEqual(["Usted tiene dolor en el pecho?", "Tome tres comprimidos por día."]);
  });

  it("survives what has a meaning in its own stream", async () => {
    const { text } = await step.translate("dor [^$/<b>] {@} 5\0", []);
    expect(text).toContain("dolor");
    expect((await step.translate("dor", [])).text).toBe("dolor");
  });
});

it("never shows its marks, and says which words it did not know", () => {
  expect(withoutMarks("Tome *artemeter y #comer 2*3")).toEqual({
    text: "Tome artemeter y comer 2*3",
    unknown: ["artemeter", "comer"],
  });
});
