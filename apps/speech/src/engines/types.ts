/** What the rest of the speech service knows of its engines: hearing, translating, detecting a voice. */

export type HearMode = "interim" | "final";

export interface HearRequest {
  /** 16 kHz mono, −1 to 1, cut close to the speech. At most 30 s. */
  samples: Float32Array;
  /** BCP 47. Forced: an engine never guesses another one. */
  language: string;
  /** Interims are quick and may be dropped; finals are as good as the engine can. */
  mode: HearMode;
  /** Words to expect, in `language`; see `hearingPrompt` of packages/terms. */
  prompt?: string;
  /** Whose speech it is: the engines share the processor fairly between speakers. */
  speaker?: string;
  /** Gives up a request that has not begun; one in progress ends unheard. Rejects with `AbortError`. */
  signal?: AbortSignal;
}

export interface HeardWord {
  text: string;
  /** 0–1, the least certain token of the word. */
  probability?: number;
  /** Seconds from the start of `samples`. */
  start?: number;
  end?: number;
}

export interface Heard {
  /** Empty where nothing was said, or only what the engine made up. */
  text: string;
  language: string;
  words: HeardWord[];
  /** Id of the model that heard it. */
  engine: string;
  /** Milliseconds from request to answer, waiting included. */
  ms: number;
}

export interface HearingEngine {
  readonly id: string;
  languages(): readonly string[];
  /** Rejects with `EngineError`: `segment-lost` after one retry, or `AbortError`. */
  hear(request: HearRequest): Promise<Heard>;
  close(): Promise<void>;
}

/** UTF-16 offsets, end exclusive: this stretch of the target stands for that one of the source. A hint, not a proof. */
export interface Mark {
  source: [number, number];
  target: [number, number];
}

export interface TranslateOptions {
  /** Stretches of the source to follow into the target (a dose, a drug, a "not"), by UTF-16 offsets. */
  follow?: [number, number][];
  signal?: AbortSignal;
}

export interface Translated {
  text: string;
  /** Engines in order: `bergamot`, `bergamot+apertium`. */
  route: string;
  marks?: Mark[];
  /** Words that no engine of the route knew; they stand in the text as they were. */
  unknown?: string[];
}

export interface Translator {
  /** Rejects with `EngineError`: `no-route`, `translation-failed`, `translation-slow`. */
  translate(text: string, from: string, to: string, options?: TranslateOptions): Promise<Translated>;
  /** Somebody will need this pair soon: its weights are loaded now, so that the first line does not wait for them. */
  prepare(from: string, to: string): void;
  /** What can be translated now: the region's routes whose engines and weights are here. */
  routes(): { from: string; to: string }[];
  close(): Promise<void>;
}

export interface VoiceDetector {
  /** 512 samples at 16 kHz, in order → probability of speech, 0–1. Keeps state between calls. */
  process(frame: Float32Array): Promise<number>;
  reset(): void;
}

/** Reads a translated line aloud, for people who share one tablet. */
export interface Voice {
  /** Tags that can be spoken now; none where weights or `espeak-ng` are missing. */
  languages(): readonly string[];
  /** A whole tag or its primary subtag: `pt-MZ` is spoken by what speaks `pt`. */
  speaks(language: string): boolean;
  /** A WAV file. The whole line or nothing. Rejects with `EngineError`: `no-voice`, `unreadable`, `engine-failed`. */
  speak(text: string, language: string): Promise<Uint8Array<ArrayBuffer>>;
  close(): void;
}

export type ModelState = "ready" | "missing" | "broken";

export interface Engines {
  /** The first engine of the region's list for this language that is ready. Undefined: no captions, to be said. */
  hearing(language: string): HearingEngine | undefined;
  /**
   * Hears whichever of these languages is spoken, segment by segment; `Heard.language` says which. Undefined where no
   * one model hears all of them.
   */
  either(languages: readonly string[], prompt: (language: string) => string | undefined): HearingEngine | undefined;
  translator: Translator;
  voice: Voice;
  /** One for each speaker. */
  detector(): VoiceDetector;
  /** Every model that the region names, and whether it can be used. */
  models(): Record<string, ModelState>;
  /** What waits and what is lost, for health and metrics. */
  load(): EngineLoad;
  close(): Promise<void>;
}

export interface EngineLoad {
  /** Requests not yet begun. */
  waiting: number;
  running: number;
  restarts: number;
  lost: number;
}
