import { testModels } from "@yizhan/models/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startService, type TestService } from "../../testing/service.ts";
import { openEngines } from "../open.ts";
import type { Engines } from "../types.ts";
import { scriptedEngines } from "../../testing/scripted-engines.ts";
import { normalise } from "../../scoring/index.ts";
import { openVoice, sentences } from "./voice.ts";

let engines: Engines;
let service: TestService;
beforeAll(async () => {
  engines = await openEngines({
    models: await testModels(["kokoro-82m", "silero-vad", "whisper-base"]),
    speech: { hear: { pt: ["whisper-base"], zh: ["whisper-base"] }, translate: [] },
  });
  service = await startService({ engines });
}, 120_000);
afterAll(() => service.close());

/** 24 kHz of a WAV file to the 16 kHz that engines hear: each sample from the nearest two. */
function heardFrom(wav: ArrayBuffer): Float32Array {
  const view = new DataView(wav, 44);
  const samples = new Float32Array(Math.floor((view.byteLength / 2) * (2 / 3)));
  for (let at = 0; at < samples.length; at += 1) {
    const exact = at * 1.5;
    const low = view.getInt16(2 * Math.floor(exact), true);
    const high = view.getInt16(2 * Math.min(Math.ceil(exact), view.byteLength / 2 - 1), true);
    samples[at] = (low + high) / 65_536;
  }
  return samples;
}

test("a line in Portuguese is spoken so that it is heard as it was written", { timeout: 120_000 }, async () => {
  const answer = await service.get("/voice", {
    method: "POST",
    body: JSON.stringify({ text: "Tome um comprimido três vezes por dia, depois de comer.", language: "pt-MZ" }),
  });
  expect(answer.status).toBe(200);
  expect(answer.headers.get("content-type")).toBe("audio/wav");
  const samples = heardFrom(await answer.arrayBuffer());
  expect(samples.length / 16_000).toBeGreaterThan(2);
  const heard = await engines.hearing("pt")?.hear({ samples, language: "pt", mode: "final" });
  expect(heard?.text.toLowerCase()).toMatch(/comprimido/);
  expect(heard?.text.toLowerCase()).toMatch(/(?:três|3) vezes por dia/);
});

test(
  "a line in Chinese is spoken with its numbers, and not at all where something in it has no reading",
  { timeout: 120_000 },
  async () => {
    const say = (text: string) => service.get("/voice", { method: "POST", body: JSON.stringify({ text, language: "zh-CN" }) });
    const answer = await say("您的体温是38.5°C，每次吃500mg，每天3次。");
    expect(answer.status).toBe(200);
    const samples = heardFrom(await answer.arrayBuffer());
    const heard = await engines.hearing("zh")?.hear({ samples, language: "zh", mode: "final" });
    const digits = normalise(heard?.text ?? "", "zh").filter((one) => /\d/.test(one));
    expect(digits, heard?.text).toEqual(["38.5", "500", "3"]);
    expect((await say("每次吃5㍿，每天3次。")).status).toBe(422);
  },
);

test("says what it can speak, and refuses the rest with a reason", async () => {
  const { languages } = (await (await service.get("/voice")).json()) as { languages: string[] };
  expect(languages).toEqual(expect.arrayContaining(["en", "pt", "es", "fr", "zh"]));
  const say = (body: object) => service.get("/voice", { method: "POST", body: JSON.stringify(body) });
  expect((await say({ text: "Сәлем", language: "kk" })).status).toBe(404);
  expect((await say({ text: "", language: "pt" })).status).toBe(422);
  expect((await say({ text: "Olá", language: "not a tag" })).status).toBe(422);
  expect((await say({ text: "a".repeat(2_001), language: "pt" })).status).toBe(422);
});

test("without weights, or without espeak-ng, there is no voice", async () => {
  expect(openVoice("/nowhere", 1).languages()).toEqual([]);
  expect(openVoice(await testModels(["kokoro-82m"]), 1, ["/nowhere"]).speaks("pt")).toBe(false);
  expect(scriptedEngines({ hear: { pt: "olá" } }).voice.speaks("pt")).toBe(true);
});

test("long lines are cut at the ends of sentences, and no letter is lost", () => {
  const sentence = "Tome um comprimido de manhã e outro à noite, sempre depois de comer. ";
  const pieces = sentences(sentence.repeat(12));
  expect(pieces.every((piece) => piece.length <= 300 && piece.endsWith("."))).toBe(true);
  expect(pieces.join(" ")).toBe(sentence.repeat(12).trim());
  expect(sentences("x".repeat(700)).join("")).toBe("x".repeat(700));
});
