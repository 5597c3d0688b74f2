import type { Line, Pin, Translation } from "@yizhan/meet";
import { describe, expect, test } from "vitest";
import { emptyTranscript, heard, isDoubtful, pieces, strip } from "./transcript.ts";

const line = (segmentId: string, part: Partial<Line> = {}): Line => ({
  type: "line",
  segmentId,
  participant: { id: "p1", tag: "p1-a0", name: "Ana", language: "pt" },
  language: "pt",
  text: "dois comprimidos",
  committed: 4,
  final: false,
  pins: [],
  startedAt: 1_000,
  endedAt: 2_000,
  ...part,
});
const translation = (segmentId: string, text: string): Translation => ({
  type: "translation",
  segmentId,
  from: "pt",
  to: "en",
  text,
  route: "bergamot",
  pins: [],
  flags: [],
});
const after = (...events: Parameters<typeof heard>[1][]) => events.reduce(heard, emptyTranscript);

describe("a transcript", () => {
  test("keeps one line for all interims and the final of a segment", () => {
    const { spoken } = after(line("a"), line("a", { text: "dois comprimidos por dia", final: true }));
    expect(spoken.map((one) => one.line.text)).toEqual(["dois comprimidos por dia"]);
  });

  test("never lets a late interim replace a final", () => {
    expect(after(line("a", { final: true }), line("a", { text: "doze" })).spoken[0]?.line.final).toBe(true);
  });

  test("orders by the time of speech, not of arrival", () => {
    const { spoken } = after(line("b", { startedAt: 2_000 }), line("c", { startedAt: 3_000 }), line("a", { startedAt: 1_000 }));
    expect(spoken.map((one) => one.line.segmentId)).toEqual(["a", "b", "c"]);
  });

  test("holds a translation that came before its line", () => {
    const { spoken, early } = after(translation("a", "two tablets"), line("a"));
    expect(spoken[0]?.translations["en"]?.text).toBe("two tablets");
    expect(early).toEqual({});
  });

  test("is the same after the last lines are replayed on reconnecting", () => {
    const events = [line("a", { final: true }), translation("a", "two tablets"), line("b", { startedAt: 5_000, final: true })];
    expect(after(...events, ...events)).toEqual(after(...events));
  });

  test("does not grow without end", () => {
    const events = Array.from({ length: 700 }, (_, n) => line(`s${n}`, { startedAt: n }));
    expect(after(...events).spoken.length).toBe(500);
  });
});

const pin = (start: number, end: number, part: Partial<Pin> = {}): Pin => ({
  kind: "number",
  start,
  end,
  text: "2",
  value: "2",
  ...part,
});

describe("pins", () => {
  test("cut the text without losing any of it, committed or not", () => {
    const parts = pieces("dois comprimidos", [pin(0, 4), pin(5, 16)], 8);
    expect(parts.map((one) => [one.text, one.pin !== undefined, one.interim])).toEqual([
      ["dois", true, false],
      [" ", false, false],
      ["com", true, false],
      ["primidos", true, true],
    ]);
  });

  test("that overlap or lie outside of the text are left out", () => {
    const text = "dois comprimidos";
    for (const pins of [[pin(0, 6), pin(4, 8)], [pin(10, 99)], [pin(5, 5)], [pin(8, 3)]]) {
      expect(
        pieces(text, pins)
          .map((one) => one.text)
          .join(""),
      ).toBe(text);
    }
  });

  test("stand in the strip once per value, the newest first, from final lines only", () => {
    const found = strip(
      after(
        line("a", { final: true, pins: [pin(0, 4), pin(5, 9, { kind: "dose", value: "500 mg" })] }),
        line("b", { final: true, startedAt: 2_000, pins: [pin(0, 4)] }),
        line("c", { startedAt: 3_000, pins: [pin(0, 4, { value: "9" })] }),
      ),
    );
    expect(found.map((one) => [one.pin.value, one.segmentId])).toEqual([
      ["2", "b"],
      ["500 mg", "a"],
    ]);
  });

  test("are doubtful when heard with doubt, or when another word sounds like them", () => {
    expect(isDoubtful(pin(0, 1, { probability: 0.59 }))).toBe(true);
    expect(isDoubtful(pin(0, 1, { probability: 0.6 }))).toBe(false);
    expect(isDoubtful(pin(0, 1, { candidates: ["12"] }))).toBe(true);
  });
});
