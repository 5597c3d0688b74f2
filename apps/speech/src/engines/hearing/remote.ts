import { remoteHearingId } from "@yizhan/models";
import { z } from "zod";
import { EngineError } from "../errors.ts";
import { wavOf } from "../../audio/wav.ts";
import { Scheduler } from "../host/scheduler.ts";
import type { HearingEngine } from "../types.ts";
import { simplified, wantsSimplified } from "./chinese.ts";
import { hearingEngine } from "./engine.ts";
import { wordsOf } from "./pieces.ts";
import type { HearingTask, RawHeard } from "./raw.ts";
import { audioContext, FULL_CONTEXT, padded } from "./whisper-window.ts";

/** A server that speaks OpenAI's transcription API: Speaches, LocalAI, vLLM, whisper.cpp's own. It stands inside the country. */
export interface RemoteHearing {
  /** What `v1/audio/transcriptions` is added to. HTTPS, or HTTP on this machine (a tunnel's end counts). */
  url: string;
  /** Its name for the model. */
  model: string;
  apiKey?: string;
}

/** So many segments under way there; how it shares its own processors is its own affair. */
const AT_ONCE = 8;
const TIMEOUT_MS = 10_000;
/**
 * whisper.cpp's server pays attention in blocks of so many: a window that is no multiple of it made "alo, alo, alo" of half
 * the short Spanish prompts.
 */
const FLASH = 256;

const word = z.object({ word: z.string(), start: z.number(), probability: z.number().min(0).max(1).nullish() });
const segment = z.object({
  start: z.number(),
  end: z.number(),
  avg_logprob: z.number().nullish(),
  words: z.array(word).nullish(),
});
/** OpenAI's `verbose_json`. Words stand beside the segments or in them; not every server gives a probability. */
const answer = z.object({ text: z.string(), words: z.array(word).nullish(), segments: z.array(segment).nullish() });

/** Sound goes to the server named and nowhere else: a redirection is a fault. */
export function remoteHearing(
  server: RemoteHearing,
  { languages, onLost }: { languages: readonly string[]; onLost(): void },
): { engine: HearingEngine; scheduler: Scheduler } {
  const scheduler = new Scheduler(AT_ONCE);
  const closing = new AbortController();
  const url = new URL("v1/audio/transcriptions", server.url.endsWith("/") ? server.url : `${server.url}/`);
  const run = async ({ samples, language, prompt, search }: HearingTask): Promise<RawHeard> => {
    const timeout = AbortSignal.timeout(TIMEOUT_MS);
    const body = new FormData();
    const pcm = padded(samples);
    body.set("file", new Blob([wavOf(pcm, 16_000)], { type: "audio/wav" }), "segment.wav");
    body.set("model", server.model);
    body.set("language", language);
    body.set("response_format", "verbose_json");
    body.append("timestamp_granularities[]", "word");
    body.append("timestamp_granularities[]", "segment");
    body.set("temperature", "0");
    // whisper.cpp's own, others pass them over: the window fitted to the segment, no second hearing at a higher
    // temperature, lines that end between words.
    body.set("audio_ctx", String(Math.min(FULL_CONTEXT, Math.ceil(audioContext(pcm.length) / FLASH) * FLASH)));
    body.set("temperature_inc", "0");
    body.set("split_on_word", "true");
    if (search === "thorough") body.set("beam_size", "5");
    if (prompt !== undefined) body.set("prompt", prompt);
    try {
      const response = await fetch(url, {
        method: "POST",
        body,
        redirect: "error",
        headers: server.apiKey === undefined ? {} : { authorization: `Bearer ${server.apiKey}` },
        signal: AbortSignal.any([timeout, closing.signal]),
      });
      if (!response.ok) throw new EngineError("engine-failed", `the hearing server answered ${response.status}`);
      return rawOf(answer.parse(await response.json()));
    } catch (error) {
      if (error instanceof EngineError) throw error;
      // What it answered may hold what was said: it is no part of the error.
      const why = timeout.aborted ? `took longer than ${TIMEOUT_MS} ms` : "gave no usable answer";
      throw new EngineError("engine-failed", `the hearing server ${why}`);
    }
  };
  const engine = hearingEngine({
    id: remoteHearingId,
    languages,
    code: (language) => new Intl.Locale(language).language,
    scheduler,
    hosts: [{ run, close: () => closing.abort() }],
    takesPrompt: true,
    searchesTwoWays: false,
    finish: (heard, language) => (wantsSimplified(language) ? simplified(heard) : heard),
    onLost,
  });
  return { engine, scheduler };
}

/** The second hears what the first lost: a server that is gone leaves a language with what the station has itself. */
export function withSecond(first: HearingEngine, second: HearingEngine): HearingEngine {
  return {
    id: first.id,
    languages: () => first.languages(),
    hear: async (request) => {
      try {
        return await first.hear(request);
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        return second.hear(request);
      }
    },
    close: async () => {
      await Promise.all([first.close(), second.close()]);
    },
  };
}

function rawOf({ text, words, segments }: z.infer<typeof answer>): RawHeard {
  const likely = (at: number): number | undefined => {
    const logarithm = segments?.find(({ start, end }) => at >= start && at <= end)?.avg_logprob;
    return logarithm === undefined || logarithm === null ? undefined : Math.min(1, Math.exp(logarithm));
  };
  const listed = words ?? segments?.flatMap((one) => one.words ?? []) ?? [];
  const said = listed.map((one) => {
    const probability = one.probability ?? likely(one.start);
    return { text: one.word, ...(probability === undefined ? {} : { probability }) };
  });
  return {
    text: joined(text),
    // Whole words are listed with or without the space before them; pieces of words, some with and some without.
    words: said.some((one) => one.text.startsWith(" ")) ? wordsOf(said) : said,
    cut: false,
  };
}

/** whisper.cpp breaks its text into lines: where a language writes no spaces, a line's end is none either. */
function joined(text: string): string {
  return text
    .replaceAll(/(?<=[\p{Script=Han}\p{P}])\s*\n\s*(?=\p{Script=Han})/gu, "")
    .replaceAll(/\s+/gu, " ")
    .trim();
}
