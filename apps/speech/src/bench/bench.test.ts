import type { CaptionEvent } from "@yizhan/meet";
import { expect, test } from "vitest";
import { CommittedWatch } from "./committed.ts";
import { percentiles } from "./percentiles.ts";
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
