import type { HearMode } from "../types.ts";

/** What goes to a hearing engine's lane and what comes back, before anything is judged. */
export interface HearingTask {
  samples: Float32Array;
  /** The engine's own code for the language. */
  language: string;
  mode: HearMode;
  prompt?: string | undefined;
}

export interface RawWord {
  text: string;
  probability: number;
}

export interface RawHeard {
  text: string;
  words: RawWord[];
  /** The engine stopped because there was too much of it: a sign of a loop. */
  cut: boolean;
}
