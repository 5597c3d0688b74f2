import { execFileSync } from "node:child_process";
import { mkdtemp, rm, symlink } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { addModel } from "@yizhan/models";
import { readRecording } from "@yizhan/meet/replay";
import { testModels } from "@yizhan/models/testing";
import { hearingPrompt } from "@yizhan/terms";
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from "vitest";
import { hearOffline } from "../bench/offline.ts";
import { errorRate, score } from "../scoring/index.ts";
import { repeatedAt } from "./hearing/repeats.ts";
import { type Engines, openEngines } from "./index.ts";
import type { Heard, HearingEngine } from "./types.ts";

/** A sound file of Debian's as 16 kHz mono. */
function sound(path: string): Float32Array {
  const raw = execFileSync("sox", [path, "-t", "f32", "-r", "16000", "-c", "1", "-"], { maxBuffer: 2 ** 26 });
  return new Float32Array(new Uint8Array(raw).buffer);
}

const librivox = sound("/usr/share/pocketsphinx/test/data/librivox/sense_and_sensibility_01_austen_64kb-0930.wav");
const prompt = sound("/usr/share/asterisk/sounds/es_MX_f_Allison/conf-noempty.wav");

let engines: Engines;
beforeAll(async () => {
  engines = await openEngines({
    models: await testModels(),
    speech: {
      hear: {
        en: ["moonshine-tiny-en", "whisper-base"],
        es: ["no-such-model", "whisper-base"],
        pt: ["whisper-base"],
        sw: ["no-such-model"],
      },
      translate: [
        { from: "en", to: "pt", steps: [{ engine: "bergamot", to: "pt" }] },
        { from: "pt", to: "en", steps: [{ engine: "bergamot", to: "en" }] },
        {
          from: "en",
          to: "es",
          steps: [
            { engine: "bergamot", to: "pt" },
            { engine: "apertium", to: "es" },
          ],
        },
        { from: "en", to: "is", steps: [{ engine: "bergamot", to: "is" }] },
      ],
    },
  });
}, 180_000);
afterAll(() => engines.close());

describe("real weights, real voices", { timeout: 90_000 }, () => {
  it("hears English with Moonshine, each word with its probability", async () => {
    const heard = await engines.hearing("en-GB")?.hear({ samples: librivox, language: "en", mode: "final" });
    expect(heard?.engine).toBe("moonshine-tiny-en");
    expect(errorRate([score("he might even have been made amiable himself", heard?.text ?? "", "en")])).toBeLessThanOrEqual(0.13);
    expect(heard?.words.map(({ text }) => text).join(" ")).toBe(heard?.text);
    expect(heard?.words.every(({ probability = -1 }) => probability > 0 && probability <= 1)).toBe(true);
  });

  it("hears Spanish on the telephone with Whisper, the second of the region's list, interim and final side by side", async () => {
    const engine = engines.hearing("es");
    const [interim, final] = await Promise.all(
      (["interim", "final"] as const).map((mode) => engine?.hear({ samples: prompt, language: "es", mode })),
    );
    expect(final?.engine).toBe("whisper-base");
    expect(errorRate([score("Por el momento no hay conferencias vacías", final?.text ?? "", "es")])).toBeLessThanOrEqual(0.15);
    expect(interim?.words.length).toBeGreaterThan(3);
  });

  it("hears a sentence once that was said once, in whichever way it was cut", async () => {
    const recording = await readRecording(fileURLToPath(new URL("../../recordings/consult-en-pt.jsonl.gz", import.meta.url)));
    const loopy = /trinta e nove graus|alérgica à penicilina|Quatro comprimidos agora|continuo a tomar/u;
    const turns = recording.header.turns.filter(({ text }) => loopy.test(text));
    const clinical = hearingPrompt("pt");
    const heard = await hearOffline({ ...recording, header: { ...recording.header, turns } }, engines.hearing, () => clinical);
    expect(heard.length).toBe(4);
    for (const turn of heard) {
      expect(repeatedAt(turn.heard)).toBeUndefined();
      expect(errorRate([score(turn.said, turn.heard, "pt")])).toBeLessThan(0.5);
    }
  });

  it("hears with a model that an operator added", async () => {
    const folder = await mkdtemp(join(tmpdir(), "yizhan-added-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const models = await testModels();
    await symlink(join(models, "silero-vad"), join(folder, "silero-vad"));
    const added = { id: "ours-es", languages: ["es"], licence: "MIT", file: join(models, "whisper-base/ggml-base.bin") };
    await addModel(added, folder);
    const own = await openEngines({ models: folder, speech: { hear: { es: ["ours-es"] }, translate: [] } });
    const heard = await own.hearing("es")?.hear({ samples: prompt, language: "es", mode: "final" });
    await own.close();
    expect(heard).toMatchObject({ engine: "ours-es", text: expect.stringMatching(/no hay conferencias/) });
  });

  it("tells which of two languages was spoken, and hears it with the engine that hears it best", async () => {
    const recording = await readRecording(fileURLToPath(new URL("../../recordings/consult-en-pt.jsonl.gz", import.meta.url)));
    const turns = recording.header.turns.slice(4, 8);
    const spoken = new Map(recording.header.speakers.map(({ id, language }) => [id, language]));
    const either = engines.either(["en", "pt"], hearingPrompt);
    if (either === undefined) throw new TypeError("no model hears both");
    const heard: Heard[] = [];
    const noted: HearingEngine = {
      ...either,
      hear: async (request) => {
        // Which language is asked for counts for nothing.
        const answer = await either.hear({ ...request, language: "pt" });
        heard.push(answer);
        return answer;
      },
    };
    await hearOffline(
      { ...recording, header: { ...recording.header, turns } },
      () => noted,
      () => undefined,
    );
    expect(heard.map(({ language }) => language)).toEqual(turns.map(({ speaker }) => spoken.get(speaker)));
    expect(new Set(heard.map(({ engine }) => engine))).toEqual(new Set(["moonshine-tiny-en", "whisper-base"]));
    expect(engines.either(["en", "am"], hearingPrompt)).toBeUndefined();
  });

  it("writes nothing over silence and noise", async () => {
    const noise = Float32Array.from({ length: 32_000 }, (_, index) => Math.sin(index * index) * 0.002);
    for (const samples of [new Float32Array(32_000), noise]) {
      expect((await engines.hearing("es")?.hear({ samples, language: "es", mode: "final" }))?.text).toBe("");
    }
  });

  it("finds the voice and only the voice", async () => {
    const share = async (samples: Float32Array) => {
      const detector = engines.detector();
      let speech = 0;
      let frames = 0;
      for (let at = 0; at + 512 <= samples.length; at += 512, frames++) {
        if ((await detector.process(samples.subarray(at, at + 512))) > 0.5) speech++;
      }
      return speech / frames;
    };
    expect(await share(librivox)).toBeGreaterThan(0.6);
    expect(await share(new Float32Array(16_000))).toBe(0);
  });

  it("translates both ways, follows the dose, and chains to Spanish", async () => {
    const text = "Take two tablets of amoxicillin 500 mg three times a day.";
    const at = text.indexOf("500 mg");
    const pt = await engines.translator.translate(text, "en", "pt", { follow: [[at, at + 6]] });
    expect(pt.text).toMatch(/dois comprimidos.*500 mg.*três vezes/u);
    expect(pt.marks?.map(({ target: [start, end] }) => pt.text.slice(start, end).trim())).toEqual(["500 mg"]);
    const en = await engines.translator.translate("Não tomei ibuprofeno.", "pt", "en");
    expect(en.text).toMatch(/n(o|')t.*ibuprofen/iu);
    const es = await engines.translator.translate("Do you have any chest pain?", "en", "es");
    expect(es).toMatchObject({ route: "bergamot+apertium", text: expect.stringMatching(/dolor en el pecho/u) });
  });

  it("says what it cannot do", async () => {
    expect(engines.hearing("sw")).toBeUndefined();
    expect(engines.models()).toMatchObject({ "whisper-base": "ready", "no-such-model": "missing" });
    expect(engines.translator.routes()).not.toContainEqual({ from: "en", to: "is" });
    await expect(engines.translator.translate("pain", "en", "is")).rejects.toMatchObject({ code: "no-route" });
  });
});
