import type { CaptionEvent } from "@yizhan/meet";
import { expect, test } from "vitest";
import { accuracy } from "./accuracy.ts";
import { CommittedWatch } from "./committed.ts";
import { percentiles } from "./percentiles.ts";
import { benchTable } from "./table.ts";
import { measureTurns, translationLags } from "./turns.ts";

test("percentiles are ranks, not guesses", () => {
  expect(percentiles([])).toBeUndefined();
  expect(percentiles([5])).toEqual({ p50: 5, p95: 5, worst: 5, count: 1 });
  expect(percentiles(Array.from({ length: 100 }, (_, index) => 100 - index))).toEqual({
    p50: 50,
    p95: 95,
    worst: 100,
    count: 100,
  });
});

test("lag is counted from when a turn was really said", () => {
  const header = {
    speakers: [{ id: "a", tag: "a1-a0", endpointId: "a1", language: "en", offset: 3 }],
    turns: [
      { speaker: "a", start: 1, end: 4, text: "good morning" },
      { speaker: "a", start: 10, end: 12, text: "nobody heard this" },
    ],
  };
  const caption = (at: number, text: string, final: boolean, timestamp = 1_003_900) => ({
    at,
    message: {
      event: "transcription-result" as const,
      type: "transcription-result" as const,
      message_id: "s",
      participant: { id: "a1", tag: "a1-a0" },
      transcript: [{ text }],
      is_interim: !final,
      timestamp,
      language: "en",
    },
  });
  const { message } = caption(0, "", true);
  const messages = [
    caption(5_000, "good", false),
    caption(7_600, "good morning", true),
    {
      at: 7_700,
      message: {
        event: message.event,
        type: "translation-result" as const,
        message_id: "s",
        participant: message.participant,
        text: "bom dia",
        language: "pt",
      },
    },
  ];
  const turns = measureTurns(header, messages, 1_000_000);
  expect(turns.map(({ firstMs, finalMs, heard }) => ({ firstMs, finalMs, heard }))).toEqual([
    { firstMs: 1_000, finalMs: 600, heard: "good morning" },
    { firstMs: undefined, finalMs: undefined, heard: "" },
  ]);
  expect(translationLags(messages)).toEqual([100]);
});

test("committed text that changes is seen", () => {
  const line = (text: string, committed: number, final = false): CaptionEvent => ({
    type: "line",
    segmentId: "s",
    participant: { id: "a", tag: "a", language: "en" },
    language: "en",
    text,
    committed,
    final,
    pins: [],
    startedAt: 0,
    endedAt: 0,
  });
  const watch = new CommittedWatch();
  for (const event of [line("no fever", 2), line("no pain", 2), line("No pain.", 8, true)]) watch.take(event);
  expect(watch.changes).toBe(1);
  expect(watch.commits).toBe(1);
});

test("words wrong are counted by language, live beside at leisure, and told in a table", () => {
  const turn = (language: string, said: string, heard: string) => ({ language, said, heard });
  const rates = accuracy(
    [turn("en", "no fever", "new fever"), turn("zh", "没有发烧", "没有发骚"), turn("en", "two tablets", "two tablets")],
    [turn("en", "no fever", "no fever"), turn("zh", "没有发烧", "没有发烧"), turn("en", "two tablets", "two tablets")],
  );
  expect(rates).toEqual([
    { language: "en", unit: "words", turns: 2, offline: 0, streamed: 0.25 },
    { language: "zh", unit: "characters", turns: 1, offline: 0, streamed: 0.25 },
  ]);
  const lag = { p50: 800, p95: 1_240, worst: 1_300, count: 9 };
  const counts = { missed: 0, committedChanges: 0, droppedInterims: 0, lostSegments: 0, cores: 0.61, residentMb: 700.2 };
  const row = {
    recordings: ["a", "b"],
    speakers: 2,
    seconds: 9,
    first: lag,
    interim: undefined,
    final: lag,
    finals: [{ language: "en", final: lag }],
    translation: undefined,
  };
  const table = benchTable([{ ...row, ...counts, accuracy: rates, load: [0.4, 1.2] }]);
  expect(table.split("\n").at(-1)).toBe(
    "| a + b | 2 | 0.80 / 1.24 s | – | en 0.80 / 1.24 s | – | en 25.0 % (0.0 %), zh 25.0 % (0.0 %) | 0 | 0.61 | 700 | 0.4–1.2 |",
  );
});
