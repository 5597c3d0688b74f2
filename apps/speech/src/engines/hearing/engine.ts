import { EngineError } from "../errors.ts";
import type { Scheduler } from "../host/scheduler.ts";
import type { Heard, HearingEngine, HearRequest } from "../types.ts";
import { loops, withoutInvented } from "./invented.ts";
import type { HearingTask, RawHeard } from "./raw.ts";
import { repeatedAt, saidOnce, unrepeated, withoutImpossibleRepeat } from "./repeats.ts";

/** Where segments are heard: a thread, a process, a server. Rejects with `EngineError`. */
export interface HearingHost {
  run(task: HearingTask): Promise<RawHeard>;
  close(): void;
}

export interface HearingOptions {
  id: string;
  languages: readonly string[];
  /** The engine's own code for a BCP 47 tag. */
  code(language: string): string;
  scheduler: Scheduler;
  /** As many as may work side by side; the least busy one gets the next segment. */
  hosts: HearingHost[];
  takesPrompt: boolean;
  /** It can search in two ways, so that one can judge the other. */
  searchesTwoWays: boolean;
  /** After hearing, before anything is judged: script, spelling. */
  finish?(heard: RawHeard, language: string): RawHeard;
  onLost(): void;
}

/** Below this mean square there is nothing to hear: a line's own noise is ten times as strong. */
const SILENT = 0.0002 ** 2;
/** Below this mean square a segment is quiet, and a stock phrase over it is not believed. */
const QUIET = 0.004 ** 2;

export function hearingEngine(options: HearingOptions): HearingEngine {
  const { id, scheduler, hosts, takesPrompt } = options;
  const busy = new Map(hosts.map((host) => [host, 0]));

  /** Retried once in a lane begun anew; what fails twice is said to be lost. */
  const attempt = async (task: HearingTask): Promise<RawHeard> => {
    for (let tries = 1; ; tries++) {
      const host = leastBusy();
      busy.set(host, (busy.get(host) ?? 0) + 1);
      try {
        return await host.run(task);
      } catch (error) {
        if (!(error instanceof EngineError)) throw error;
        if (tries < 2) continue;
        options.onLost();
        throw new EngineError("segment-lost", `${id} failed twice on one segment`, { cause: error });
      } finally {
        busy.set(host, (busy.get(host) ?? 1) - 1);
      }
    }
  };
  const leastBusy = (): HearingHost => {
    const [first, ...rest] = hosts;
    if (!first) throw new EngineError("model-missing", `${id} has no lane`);
    return rest.reduce((best, host) => ((busy.get(host) ?? 0) < (busy.get(best) ?? 0) ? host : best), first);
  };

  const hearOnce = async (
    { samples, language }: HearRequest,
    search: HearingTask["search"],
    prompt: string | undefined,
  ): Promise<RawHeard & { looped: boolean }> => {
    if (meanSquare(samples) < SILENT) return { text: "", words: [], cut: false, looped: false };
    const raw = await attempt({ samples, language: options.code(language), search, ...(prompt ? { prompt } : {}) });
    const seconds = samples.length / 16_000;
    const finished = withoutImpossibleRepeat(options.finish?.(raw, language) ?? raw, seconds);
    const kept = withoutInvented(finished, seconds, meanSquare(samples) < QUIET);
    return { ...kept, looped: kept.text === "" && (raw.cut || loops(finished.text)) };
  };

  const hear = async (request: HearRequest): Promise<Heard> => {
    const began = performance.now();
    const { speaker = "", mode, signal, language } = request;
    const heard = await scheduler.run({ speaker, mode, signal }, async () => {
      const prompt = takesPrompt ? request.prompt : undefined;
      // Five beams cost half as much again and hear no more than the quick search with the same prompt.
      const first = await hearOnce(request, "quick", prompt);
      if (mode === "interim") return saidOnce(first);
      // A loop of the one search is seldom one of the other.
      if (options.searchesTwoWays && (first.looped || repeatedAt(first.text) !== undefined)) {
        const second = await hearOnce(request, "thorough", prompt);
        return first.looped || second.looped ? saidOnce(first.looped ? second : first) : unrepeated(first, second);
      }
      // A prompt sometimes ends a line before its first word.
      return prompt && first.text === "" ? hearOnce(request, "quick", undefined) : first;
    });
    signal?.throwIfAborted();
    return { text: heard.text, language, words: heard.words, engine: id, ms: performance.now() - began };
  };

  return {
    id,
    languages: () => options.languages,
    hear,
    close: async () => hosts.forEach((host) => host.close()),
  };
}

function meanSquare(samples: Float32Array): number {
  let sum = 0;
  for (const sample of samples) sum += sample * sample;
  return sum / Math.max(1, samples.length);
}
