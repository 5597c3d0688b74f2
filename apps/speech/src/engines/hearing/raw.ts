/** What goes to a hearing engine's lane and what comes back, before anything is judged. */
export interface HearingTask {
  samples: Float32Array;
  /** The engine's own code for the language. */
  language: string;
  /** Greedy, or several hypotheses side by side where the engine can: half as long again. */
  search: "quick" | "thorough";
  prompt?: string | undefined;
}

export interface RawWord {
  text: string;
  /** Absent where the engine does not say. */
  probability?: number;
}

export interface RawHeard {
  text: string;
  words: RawWord[];
  /** The engine stopped because there was too much of it: a sign of a loop. */
  cut: boolean;
}
