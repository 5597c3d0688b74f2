import { randomUUID } from "node:crypto";
import type { Heard, HearingEngine } from "../engines/types.ts";
import { LocalAgreement } from "./agreement.ts";
import type { Segment } from "./segmenter.ts";

/** A hearing of the whole segment, begun in a pause that may be its end. */
export interface Ending {
  /** Where speech ended when it was begun: it is the final if speech did not go on. */
  readonly speechEndSample: number;
  heard: Heard | undefined;
  readonly controller: AbortController;
}

/** What is known of one segment, from its first interim to its final. */
export class LiveSegment {
  readonly id = randomUUID();
  readonly segment: Segment;
  readonly engine: HearingEngine;
  readonly language: string;
  readonly agreement = new LocalAgreement();
  closed = false;
  /** Samples that the last interim heard. */
  interimSamples = 0;
  interim: AbortController | undefined;
  ending: Ending | undefined;
  /** What watchers see of it now. */
  shown = "";

  constructor(segment: Segment, engine: HearingEngine, language: string) {
    this.segment = segment;
    this.engine = engine;
    this.language = language;
  }

  /** The hearing that covers all that was said, if one was begun. */
  get wholeEnding(): Ending | undefined {
    return this.ending?.speechEndSample === this.segment.speechEndSample ? this.ending : undefined;
  }
}
