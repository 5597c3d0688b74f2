import { samplesPerMs } from "./framer.ts";
import type { Segment } from "./segmenter.ts";

/** How long a silence ends a segment. */
export interface Patience {
  opened(at: number): void;
  closed(speechEnd: number): void;
  /** Milliseconds of silence that end this segment. */
  wait(segment: Segment): number;
}

/** The same for everyone. */
export function steadyPatience(ms: number): Patience {
  return { opened() {}, closed() {}, wait: () => ms };
}

const base = 480;
const least = 240;

/**
 * Waits longer for those who pause within their sentences, for what sounds unfinished, and for a
 * beginning; less for what reads as a whole sentence, and less and less in a monologue, which is
 * thereby cut at its pauses.
 */
export class AdaptivePatience implements Patience {
  /** Milliseconds added for this speaker: grows when a segment follows too soon on the last one. */
  #habit = 0;
  #lastEnd: number | undefined;
  /** What the current segment reads like so far. */
  #reads: "whole" | "unfinished" | "unknown" = "unknown";

  opened(at: number): void {
    this.#reads = "unknown";
    if (this.#lastEnd === undefined) return;
    const pause = at - this.#lastEnd;
    this.#habit = pause < 900 ? Math.min(120, this.#habit + 30) : Math.max(0, this.#habit - 20);
  }

  closed(speechEnd: number): void {
    this.#lastEnd = speechEnd;
  }

  /** What was heard of the current segment up to its last speech. */
  heard(text: string): void {
    const end = text.trimEnd();
    this.#reads = /[.!?。！？؟।…]["'”’»)]?$/u.test(end) && !end.endsWith("...") ? "whole" : end === "" ? "unknown" : "unfinished";
  }

  wait(segment: Segment): number {
    const length = segment.audio.length / samplesPerMs;
    const ease = this.#reads === "whole" ? -120 : this.#reads === "unfinished" ? 80 : 0;
    const wanted = base + this.#habit + ease + (segment.speechMs < 600 ? 60 : 0);
    // From five seconds on a pause is welcome, from eleven any breath will do: long segments take long to hear.
    const tired = Math.min(1, Math.max(0, (length - 5_000) / 6_000));
    return Math.max(least, wanted - tired * (wanted - least));
  }
}
