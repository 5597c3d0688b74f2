import { existsSync } from "node:fs";
import { join } from "node:path";
import { EngineError } from "../errors.ts";
import { EngineHost } from "../host/host.ts";
import { processLane } from "../host/lane.ts";
import type { Voice } from "../types.ts";
import type { SpeakTask } from "./kokoro-worker.ts";
import { phonemes } from "./phonemes.ts";
import { wavOf } from "../../audio/wav.ts";
import { chinesePhonemes } from "./chinese/phonemes.ts";

const id = "kokoro-82m";
const rate = 24_000;
/** Letters spoken at once: longer lines are spoken sentence by sentence. */
const longest = 300;

/** One calm voice for each language that Kokoro knows and that we have phonemes for. */
const voices: Readonly<Record<string, string>> = {
  en: "af_heart",
  "en-GB": "bf_emma",
  pt: "pf_dora",
  es: "ef_dora",
  fr: "ff_siwis",
  it: "if_sara",
  hi: "hf_alpha",
  zh: "zf_xiaoxiao",
};

/** Kokoro's voices, where its weights and espeak-ng are here. Loaded at the first line, in a process of its own. */
export function openVoice(models: string, threads: number, programs: readonly string[] = ["/usr/bin", "/bin"]): Voice {
  const folder = join(models, id);
  const here = existsSync(join(folder, "model.json")) && programs.some((place) => existsSync(join(place, "espeak-ng")));
  const host = new EngineHost({
    name: id,
    open: processLane,
    module: new URL("./kokoro-worker.ts", import.meta.url),
    data: { folder, threads },
    loadMs: 30_000,
    taskMs: 60_000,
  });
  const known = (language: string): string | undefined =>
    here ? [language, language.split("-")[0] ?? ""].find((tag) => voices[tag] !== undefined) : undefined;
  return {
    languages: () => (here ? Object.keys(voices) : []),
    speaks: (language) => known(language) !== undefined,
    async speak(text, language) {
      const tag = known(language);
      const voice = tag === undefined ? undefined : voices[tag];
      if (tag === undefined || voice === undefined) throw new EngineError("no-voice", `no voice for ${language}`);
      const parts: Float32Array[] = [];
      for (const piece of await pieces(text, tag)) {
        parts.push(await host.run<Float32Array>({ phonemes: piece, voice } satisfies SpeakTask));
      }
      return wavOf(joined(parts), rate);
    },
    close: () => host.close(),
  };
}

function pieces(text: string, language: string): Promise<string[]> {
  if (language === "zh") return chinesePhonemes(text);
  return Promise.all(sentences(text).map((sentence) => phonemes(sentence, language)));
}

/** Pieces of at most {@link longest} letters: whole sentences together, and where one is longer, words. */
export function sentences(text: string): string[] {
  const parts = [...new Intl.Segmenter("und", { granularity: "sentence" }).segment(text.trim())].flatMap(({ segment }) =>
    segment.length <= longest ? [segment] : (segment.match(new RegExp(`.{1,${longest}}(?:\\s+|$)|.{1,${longest}}`, "gsu")) ?? []),
  );
  const pieces: string[] = [];
  let open = "";
  for (const part of parts) {
    if ((open + part).trimEnd().length > longest) {
      pieces.push(open.trim());
      open = "";
    }
    open += part;
  }
  return [...pieces, open.trim()].filter((piece) => piece !== "");
}

function joined(parts: readonly Float32Array[]): Float32Array {
  const all = new Float32Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    all.set(part, at);
    at += part.length;
  }
  return all;
}
