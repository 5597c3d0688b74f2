import { EngineError } from "../engines/errors.ts";
import { wavOf } from "../audio/wav.ts";
import type { Engines, HearingEngine, HearRequest, Heard, Translator, Voice, VoiceDetector } from "../engines/types.ts";

export interface Script {
  /** Per language: the words that are "heard", one for every 300 ms of sound. */
  readonly hear: Readonly<Record<string, string>>;
  /** `en>pt` → what a text becomes. */
  readonly translate?: Readonly<Record<string, (text: string) => string | Promise<string>>>;
  /** Which of several languages is "spoken" in the segment that is heard now. */
  readonly spoken?: (languages: readonly string[]) => string;
  /** Called before an answer; may wait or throw. */
  readonly before?: (request: HearRequest) => Promise<void> | void;
}

export interface ScriptedEngines extends Engines {
  /** Every request that was made, without its sound. */
  readonly requests: { language: string; mode: string; seconds: number; speaker: string | undefined }[];
}

/** Engines that hear what a script says: they show the service's own behaviour, quickly and always alike. */
export function scriptedEngines(script: Script): ScriptedEngines {
  const requests: ScriptedEngines["requests"] = [];
  const engineFor = (language: string, line: string): HearingEngine => ({
    id: `scripted-${language}`,
    languages: () => [language],
    async hear(request): Promise<Heard> {
      const seconds = request.samples.length / 16_000;
      requests.push({ language: request.language, mode: request.mode, seconds, speaker: request.speaker });
      await script.before?.(request);
      if (request.signal?.aborted) throw new DOMException("given up", "AbortError");
      const all = line.split(" ");
      const spoken = all.slice(0, Math.max(1, Math.round(seconds / 0.3)));
      return {
        text: spoken.join(" "),
        language: request.language,
        words: spoken.map((text) => ({ text, probability: 0.9 })),
        engine: `scripted-${language}`,
        ms: 1,
      };
    },
    close: async () => undefined,
  });
  const hearing = new Map(Object.entries(script.hear).map(([language, line]) => [language, engineFor(language, line)]));
  const translator: Translator = {
    async translate(text, from, to) {
      const how = script.translate?.[`${from}>${to}`];
      if (how === undefined) throw new Error("no such route");
      return { text: await how(text), route: "scripted" };
    },
    prepare: () => undefined,
    routes: () =>
      Object.keys(script.translate ?? {}).map((pair) => ({ from: pair.split(">")[0] ?? "", to: pair.split(">")[1] ?? "" })),
    close: async () => undefined,
  };
  return {
    requests,
    hearing: (language) => hearing.get(language),
    either(languages) {
      const [first] = languages.flatMap((language) => hearing.get(language) ?? []);
      if (first === undefined || !languages.every((language) => hearing.has(language))) return undefined;
      return {
        id: "scripted",
        languages: () => languages,
        hear(request) {
          const language = script.spoken?.(languages) ?? "";
          return (hearing.get(language) ?? first).hear({ ...request, language });
        },
        close: async () => undefined,
      };
    },
    translator,
    voice: scriptedVoice(Object.keys(script.hear)),
    detector: loudness,
    models: () => ({ scripted: "ready" }),
    load: () => ({ waiting: 0, running: 0, restarts: 0, lost: 0 }),
    close: async () => undefined,
  };
}

/** Speaks a tenth of a second of silence for each letter. */
function scriptedVoice(languages: readonly string[]): Voice {
  return {
    languages: () => languages,
    speaks: (language) => languages.includes(language),
    async speak(text, language) {
      if (!languages.includes(language)) throw new EngineError("no-voice", language);
      return wavOf(new Float32Array(text.length * 100), 1_000);
    },
    close: () => undefined,
  };
}

/** Takes what is louder than −40 dB for speech. */
function loudness(): VoiceDetector {
  return {
    async process(frame) {
      const power = frame.reduce((sum, sample) => sum + sample * sample, 0) / frame.length;
      return power > 1e-4 ? 0.9 : 0.05;
    },
    reset: () => undefined,
  };
}
