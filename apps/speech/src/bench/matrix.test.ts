import { type ConferenceItem, sendSilence } from "@yizhan/meet/replay";
import { expect, test } from "vitest";
import { trackOf } from "./cast.ts";
import { broken, matrixRuns, voicesOf } from "./matrix.ts";
import { type MatrixRow, matrixTable, matrixVerdicts } from "./matrix-table.ts";
import { benchOptions } from "./options.ts";
import { recorded } from "./recorded.ts";

const media = (items: readonly ConferenceItem[]) => items.filter((item) => item.kind === "media");

test("one person's speech is all there, its pauses short, its turns where they are heard now", async () => {
  const recording = await recorded("consult-en-pt");
  const track = trackOf({ recording: "consult-en-pt", speaker: "patient" }, recording, { pause: 1, delay: 2 });
  const [packets, before] = [media(track.items), media(trackOf(track.voice, recording, { pause: 1_000, delay: 0 }).items)];
  expect(packets.map(({ payload }) => payload)).toEqual(before.map(({ payload }) => payload));
  expect(packets[0]?.timestamp).toBe(3 * 48_000);
  const gaps = packets.slice(1).map(({ timestamp }, index) => timestamp - (packets[index]?.timestamp ?? 0));
  expect(Math.max(...gaps)).toBe(48_000);
  expect(Math.min(...gaps)).toBe(960);
  // Wherever a turn begins and ends, the very packet is there that was there before.
  const at = (items: typeof packets, second: number) => items.find(({ timestamp }) => timestamp + 960 > second * 48_000)?.payload;
  expect(track.header.turns.length).toBe(13);
  for (const [index, turn] of track.header.turns.entries()) {
    const said = track.said[index];
    expect(turn.text).toBe(said?.text);
    expect(at(packets, turn.start + 0.1)).toBe(at(before, (said?.start ?? 0) + 0.1));
    expect(at(packets, turn.end - 0.1)).toBe(at(before, (said?.end ?? 0) - 0.1));
  }
  const short = trackOf(track.voice, recording, { pause: 1, delay: 0, seconds: 8 });
  expect(short.header.turns.length).toBeGreaterThan(0);
  expect(short.items.every((item) => item.at < 8_000)).toBe(true);
});

test("silence that is sent leaves no gap, and numbers every packet", async () => {
  const track = trackOf({ recording: "follow-up-pt-zh", speaker: "patient" }, await recorded("follow-up-pt-zh"), {
    pause: 1,
    delay: 0,
    seconds: 12,
  });
  const sent = media(sendSilence(track.items));
  expect(sent.length).toBeGreaterThan(media(track.items).length);
  for (const [index, packet] of sent.slice(1).entries()) {
    expect(packet.timestamp - (sent[index]?.timestamp ?? 0)).toBe(960);
    expect(packet.chunk - (sent[index]?.chunk ?? 0)).toBe(1);
  }
  const spoken = new Set(media(track.items).map(({ payload }) => payload));
  expect(sent.filter(({ payload }) => spoken.has(payload)).length).toBe(media(track.items).length);
});

const lags = (ms: number) => ({ p50: ms / 2, p95: ms, worst: ms, count: 3 });
const turn = (language: string, finalMs: number) => ({
  participant: "a",
  language,
  said: "x",
  heard: "x",
  firstMs: 900,
  finalMs,
});

test("a run is measured against the bar of each language, and the table says with how many it breaks", () => {
  const result = {
    first: lags(1_000),
    translation: undefined,
    missed: 0,
    lostSegments: 0,
    droppedInterims: 0,
    committedChanges: 0,
  };
  expect(broken({ ...result, turns: [turn("en", 900), turn("pt", 1_300)] })).toEqual([]);
  expect(broken({ ...result, droppedInterims: 4, turns: [turn("en", 1_300), turn("pt", 1_300)] })).toEqual([
    "final p95 en 1.30 s over 1.00 s",
    "4 interims dropped",
  ]);
  const row = (speakers: number, faults: string[]): MatrixRow => ({
    cast: "mixed",
    network: "dtx-loss",
    speakers,
    seconds: 60,
    spoken: 90,
    first: lags(1_000),
    interim: lags(600),
    finals: [{ language: "en", final: lags(900) }],
    translation: undefined,
    accuracy: [{ language: "en", unit: "words", turns: 3, offline: 0.03, streamed: 0.04 }],
    droppedInterims: 0,
    missed: 0,
    lostSegments: 0,
    committedChanges: 0,
    cores: 0.9,
    residentMb: 1_600,
    load: [0.3, 1.1],
    broken: faults,
  });
  const rows = [row(8, ["3 turns missed"]), row(2, []), row(4, [])];
  expect(matrixTable(rows).split("\n").at(-1)).toBe(
    "| English with others | silence left out, 5 % lost | 4 | 0.50 / 1.00 s | 0.30 / 0.60 s | en 0.45 / 0.90 s | – | en 4.0 % (3.0 %) | 0 | 0 | 0 | 0.90 | 0.60 | 1600 | 0.3–1.1 |",
  );
  expect(matrixVerdicts(rows)).toBe(
    "- English with others, silence left out, 5 % lost: holds with 2, 4; breaks at 8 (3 turns missed).",
  );
});

test("the command line names runs, and what it does not know it refuses", () => {
  const { matrix, seconds, hear } = benchOptions([
    "--matrix",
    "--seconds",
    "9",
    "--casts",
    "en,mixed",
    "--hear",
    "pt=own,whisper-base",
  ]);
  // One person alone is no mixture: seven runs over each of four networks.
  expect(matrix?.length).toBe(28);
  expect([seconds, hear]).toEqual([9, { pt: ["own", "whisper-base"] }]);
  expect(benchOptions([]).matrix).toBeUndefined();
  for (const args of [
    ["--casts", "tlh"],
    ["--speakers", "0"],
    ["--networks", "carrier-pigeon"],
    ["--hear", "pt"],
    ["--seconds", "x"],
  ])
    expect(() => benchOptions(["--matrix", ...args]), args.join(" ")).toThrow(RangeError);
  const [run] = matrixRuns({ casts: ["mixed"], speakers: [8], networks: ["dtx"] });
  const names = run === undefined ? [] : voicesOf(run).map(({ voice }) => `${voice.recording} ${voice.speaker}`);
  expect(new Set(names).size).toBe(8);
});
