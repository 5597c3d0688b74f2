import { manualClock } from "@yizhan/meet";
import { expect, test } from "vitest";
import type { HearRequest } from "../engines/types.ts";
import { scriptedEngines } from "../testing/scripted-engines.ts";
import { Scheduler } from "./scheduler.ts";
import { Speaker, type SpokenCaption } from "./speaker.ts";

const script = Array.from({ length: 200 }, (_, index) => `word${String.fromCharCode(97 + (index % 26))}`).join(" ");

interface Scene {
  readonly before?: (request: HearRequest) => Promise<void> | void;
  /** Of English and French, what is spoken: the speaker is told only that it is one of them. */
  readonly spoken?: string;
}

function speaker({ before, spoken }: Scene = {}) {
  const clock = manualClock();
  const engines = scriptedEngines({
    hear: { en: script, fr: script },
    ...(before === undefined ? {} : { before }),
    ...(spoken === undefined ? {} : { spoken: () => spoken }),
  });
  const captions: SpokenCaption[] = [];
  const troubles: string[] = [];
  const undecided = spoken !== undefined;
  const engine = undecided ? engines.either(["en", "fr"], () => undefined) : engines.hearing("en");
  if (engine === undefined) throw new TypeError("no engine");
  const one = new Speaker({
    key: "test",
    clock,
    detector: engines.detector(),
    scheduler: new Scheduler(2),
    hearing: () => ({ engine, language: "en", undecided }),
    prompt: () => undefined,
    listener: { caption: (caption) => captions.push(caption), health: () => undefined, trouble: (code) => troubles.push(code) },
  });
  const start = clock.now();
  let at = 0;
  /** Sound of so many seconds in packets of 20 ms, as fast as it is taken. */
  const sound = async (seconds: number, level: number) => {
    for (let packet = 0; packet < seconds * 50; packet += 1) {
      one.take(new Float32Array(320).fill(level), start + at);
      at += 20;
      clock.advance(20);
      // The detector answers in a later turn of the loop.
      for (let turn = 0; turn < 4; turn += 1) await Promise.resolve();
    }
  };
  const leaveOut = (seconds: number) => {
    at += seconds * 1_000;
    clock.advance(seconds * 1_000);
  };
  return { one, clock, engines, captions, troubles, sound, leaveOut };
}

test("ten minutes of silence are heard by nobody", async () => {
  const { one, captions, engines, sound } = speaker();
  await sound(600, 0.001);
  await one.drain();
  expect(engines.requests).toEqual([]);
  expect(captions).toEqual([]);
});

test("one segment keeps its id from the first interim to the final, and never takes committed text back", async () => {
  const { one, captions, sound } = speaker();
  await sound(4, 0.1);
  await sound(1, 0);
  await one.drain();
  expect(new Set(captions.map(({ segmentId }) => segmentId)).size).toBe(1);
  expect(captions.filter(({ final }) => final)).toHaveLength(1);
  expect(captions.at(-1)?.final).toBe(true);
  expect(captions[0]?.lagMs).toBeLessThan(200);
  expect((captions[0]?.endedAt ?? 0) - (captions[0]?.startedAt ?? 0)).toBeLessThan(800);
  let committed = "";
  for (const caption of captions) {
    expect(caption.text.startsWith(committed)).toBe(true);
    committed = caption.text.slice(0, caption.committed);
  }
  expect(captions.some(({ final, committed }) => !final && committed > 0)).toBe(true);
});

test("where the language is not decided, nothing is shown before the final, which says it", async () => {
  const { one, captions, sound } = speaker({ spoken: "fr" });
  await sound(4, 0.1);
  await sound(2, 0);
  await one.drain();
  expect(captions.map(({ final, language }) => [final, language])).toEqual([[true, "fr"]]);
});

test("the final has heard all of the speech, and silence at its end is cut", async () => {
  const { one, captions, engines, sound } = speaker();
  await sound(3, 0.1);
  await sound(2, 0);
  await one.drain();
  const finals = engines.requests.filter(({ mode }) => mode === "final");
  // One hearing, begun in the pause: its wait for certainty was not wasted.
  expect(finals).toHaveLength(1);
  expect(finals[0]?.seconds).toBeGreaterThan(3);
  expect(finals[0]?.seconds).toBeLessThan(3.3);
  expect(captions.at(-1)).toMatchObject({ final: true });
  expect(captions.at(-1)?.lagMs).toBeLessThan(700);
});

test("speech that ends with the packets, as with DTX or a mute, is ended by the clock", async () => {
  const { captions, clock, sound } = speaker();
  await sound(2, 0.1);
  for (let wait = 0; wait < 12; wait += 1) {
    clock.advance(60);
    for (let turn = 0; turn < 8; turn += 1) await Promise.resolve();
  }
  expect(captions.at(-1)).toMatchObject({ final: true });
});

test("left-out time is not heard, but parts what was said before and after", async () => {
  const { one, captions, engines, sound, leaveOut } = speaker();
  await sound(1.5, 0.1);
  leaveOut(120);
  await sound(1.5, 0.1);
  leaveOut(0.15);
  await sound(1.5, 0.1);
  await one.drain();
  const finals = captions.filter(({ final }) => final);
  expect(finals).toHaveLength(2);
  expect((finals[1]?.startedAt ?? 0) - (finals[0]?.endedAt ?? 0)).toBeGreaterThan(119_000);
  // The first segment, and the second one with a breath for what was left out within it.
  const heard = engines.requests.filter(({ mode }) => mode === "final").map(({ seconds }) => seconds);
  expect(heard[0]).toBeLessThan(1.8);
  expect(heard.at(-1)).toBeLessThan(3.5);
});

test("a monologue without a pause is cut, and nothing of it is lost", async () => {
  const { one, captions, engines, sound } = speaker();
  await sound(50, 0.1);
  await sound(1, 0);
  await one.drain();
  const finals = captions.filter(({ final }) => final);
  expect(finals.length).toBeGreaterThanOrEqual(3);
  const heard = engines.requests.filter(({ mode }) => mode === "final").reduce((sum, { seconds }) => sum + seconds, 0);
  expect(heard).toBeGreaterThan(49.9);
  expect(heard).toBeLessThan(51);
  for (const [index, caption] of finals.entries()) {
    if (index > 0) expect(caption.startedAt).toBeGreaterThanOrEqual((finals[index - 1]?.endedAt ?? 0) - 1);
  }
});

test("when the engine falls behind, interims are dropped and counted, finals come late and all of them", async () => {
  let release: (() => void)[] = [];
  const { one, captions, sound } = speaker({ before: () => new Promise((resolve) => release.push(resolve)) });
  for (let turn = 0; turn < 6; turn += 1) {
    await sound(3, 0.1);
    await sound(1, 0);
  }
  // Nothing was answered so far; one hearing of each kind was asked for.
  expect(captions).toEqual([]);
  expect(release.length).toBeLessThanOrEqual(3);
  const state = { drained: false };
  const done = one.drain().then(() => (state.drained = true));
  while (!state.drained) {
    for (const answer of release.splice(0)) answer();
    await new Promise((resolve) => setImmediate(resolve));
  }
  await done;
  release = [];
  expect(captions.filter(({ final }) => final)).toHaveLength(6);
  expect(one.counts.lostSegments).toBe(0);
});

test("a failing engine loses its segment, says so, and is asked again for the next", async () => {
  let failing = true;
  const { one, captions, troubles, sound } = speaker({
    before: () => {
      if (failing) throw new Error("crashed");
    },
  });
  await sound(2, 0.1);
  await sound(1, 0);
  failing = false;
  await sound(2, 0.1);
  await sound(1, 0);
  await one.drain();
  expect(one.counts.lostSegments).toBe(1);
  expect(troubles).toContain("segment-lost");
  expect(captions.filter(({ final }) => final)).toHaveLength(1);
});
