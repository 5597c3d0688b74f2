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

/** Who hears a segment, in which language; `undecided` where the engine is to find that out. */
export interface Hearing {
  readonly engine: HearingEngine;
  readonly language: string;
  readonly undecided?: boolean;
}

/** What is known of one segment, from its first interim to its final. */
export class LiveSegment {
  readonly id = randomUUID();
  readonly segment: Segment;
  readonly engine: HearingEngine;
  /** Of an undecided segment: what the engine decided for, known with its final. */
  language: string;
  /** Nothing is shown of it before its final: what is shown first might be in the wrong language. */
  readonly undecided: boolean;
  readonly agreement = new LocalAgreement();
  closed = false;
  /** Samples that the last interim heard. */
  interimSamples = 0;
  interim: AbortController | undefined;
  ending: Ending | undefined;
  /** What watchers see of it now. */
  shown = "";

  constructor(segment: Segment, { engine, language, undecided = false }: Hearing) {
    this.segment = segment;
    this.engine = engine;
    this.language = language;
    this.undecided = undecided;
  }

  /** The hearing that covers all that was said, if one was begun. */
  get wholeEnding(): Ending | undefined {
    return this.ending?.speechEndSample === this.segment.speechEndSample ? this.ending : undefined;
  }
}
