import { frameMs, type Framed, frameSamples, samplesPerMs } from "./framer.ts";
import { type Patience, steadyPatience } from "./patience.ts";
import { SegmentAudio } from "./segment-audio.ts";

export interface SegmenterOptions {
  /** Probability from which a frame is speech, and below which it is no longer. */
  readonly onset: number;
  readonly offset: number;
  /** Milliseconds of sound kept from before the onset, and after the end of speech. */
  readonly lead: number;
  readonly tail: number;
  /** Milliseconds of speech that make a segment; less is a click or a breath. */
  readonly shortest: number;
  /** Milliseconds after which a monologue is cut even without a pause. */
  readonly longest: number;
}

export const segmenterDefaults: SegmenterOptions = {
  onset: 0.5,
  offset: 0.35,
  lead: 288,
  tail: 192,
  shortest: 96,
  longest: 22_000,
};

/** A stretch of speech between two pauses, while it grows. */
export interface Segment {
  readonly audio: SegmentAudio;
  /** Epoch milliseconds of the first and the last speech. */
  readonly startedAt: number;
  speechEnd: number;
  /** Sample behind the last speech. */
  speechEndSample: number;
  /** Milliseconds of frames that are speech. */
  speechMs: number;
}

export interface SegmenterListener {
  opened(segment: Segment): void;
  /** No more comes: `segment.audio` is cut close behind the speech. */
  closed(segment: Segment): void;
  /** It was no speech after all. */
  dropped(segment: Segment): void;
}

/** Silence stands in for left-out time, but never for more than this: it only keeps words apart. */
const breathMs = 160;

/**
 * Turns frames and their probabilities of speech into segments. It knows nothing of time but what
 * the frames say, and what `silentUntil` says where none come.
 */
export class Segmenter {
  readonly #options: SegmenterOptions;
  readonly #listener: SegmenterListener;
  readonly #patience: Patience;
  #current: Segment | undefined;
  /** The last frames before speech. */
  #lead: { at: number; frame: Float32Array; probability: number }[] = [];
  /** Of the current segment's frames, from its first sample on. */
  #probabilities: { sample: number; probability: number }[] = [];

  constructor(listener: SegmenterListener, patience: Patience = steadyPatience(500), options = segmenterDefaults) {
    this.#listener = listener;
    this.#patience = patience;
    this.#options = options;
  }

  get current(): Segment | undefined {
    return this.#current;
  }

  /** Milliseconds of silence behind the current segment's last speech, as of `now`. */
  silence(now: number): number {
    return this.#current === undefined ? 0 : now - this.#current.speechEnd;
  }

  frame(at: number, frame: Float32Array, probability: number): void {
    const segment = this.#current;
    if (segment === undefined) return this.#waitForSpeech(at, frame, probability);
    this.#probabilities.push({ sample: segment.audio.length, probability });
    segment.audio.append(frame, at);
    if (probability >= this.#options.offset) {
      segment.speechEnd = at + frameMs;
      segment.speechEndSample = segment.audio.length;
    }
    if (probability >= this.#options.onset) segment.speechMs += frameMs;
    this.#closeIfDone(segment, at + frameMs);
  }

  /** Nothing came from `at` until `silentUntil`. */
  gap({ at, silentUntil }: Extract<Framed, { silentUntil: number }>): void {
    this.#lead = [];
    const segment = this.#current;
    if (segment === undefined) return;
    this.silentUntil(silentUntil);
    if (this.#current !== segment) return;
    const breath = Math.min(breathMs, silentUntil - at);
    segment.audio.append(new Float32Array(Math.round(breath * samplesPerMs)), at);
  }

  /** Time goes on without sound. */
  silentUntil(now: number): void {
    if (this.#current !== undefined) this.#closeIfDone(this.#current, now);
  }

  /** No more comes. */
  end(): void {
    if (this.#current !== undefined) this.#close(this.#current);
  }

  #waitForSpeech(at: number, frame: Float32Array, probability: number): void {
    this.#lead.push({ at, frame, probability });
    const { onset, lead } = this.#options;
    while (this.#lead.length * frameMs > lead + frameMs) this.#lead.shift();
    const recent = this.#lead.slice(-3).filter((entry) => entry.probability >= onset);
    if (probability < onset || recent.length < 2) return;
    const audio = new SegmentAudio();
    this.#probabilities = [];
    for (const entry of this.#lead) {
      this.#probabilities.push({ sample: audio.length, probability: entry.probability });
      audio.append(entry.frame, entry.at);
    }
    const first = this.#lead.find((entry) => entry.probability >= this.#options.offset);
    this.#lead = [];
    this.#current = {
      audio,
      startedAt: first?.at ?? at,
      speechEnd: at + frameMs,
      speechEndSample: audio.length,
      speechMs: recent.length * frameMs,
    };
    this.#patience.opened(this.#current.startedAt);
    this.#listener.opened(this.#current);
  }

  #closeIfDone(segment: Segment, now: number): void {
    if (now - segment.speechEnd >= this.#patience.wait(segment)) return this.#close(segment);
    if (segment.audio.length / samplesPerMs >= this.#options.longest) this.#cut(segment);
  }

  #close(segment: Segment): void {
    this.#current = undefined;
    this.#patience.closed(segment.speechEnd);
    if (segment.speechMs < this.#options.shortest) return this.#listener.dropped(segment);
    const end = segment.speechEndSample + this.#options.tail * samplesPerMs;
    if (end < segment.audio.length) segment.audio.splitAt(end);
    this.#listener.closed(segment);
  }

  /** Nobody paused: the least speech-like moment of the last seconds is the best place to cut. */
  #cut(segment: Segment): void {
    const from = segment.audio.length - 4_000 * samplesPerMs;
    const late = this.#probabilities.filter(({ sample }) => sample >= from && sample < segment.audio.length - frameSamples * 6);
    const place = late.reduce(
      (best, entry) => (entry.probability < best.probability ? entry : best),
      late[0] ?? { sample: segment.audio.length, probability: 1 },
    );
    const audio = segment.audio.splitAt(place.sample);
    const rest: Segment = {
      audio,
      startedAt: audio.timeOf(0),
      speechEnd: segment.speechEnd,
      speechEndSample: Math.max(0, segment.speechEndSample - place.sample),
      speechMs: audio.length / samplesPerMs,
    };
    segment.speechEnd = rest.startedAt;
    segment.speechEndSample = segment.audio.length;
    this.#probabilities = this.#probabilities
      .filter(({ sample }) => sample >= place.sample)
      .map(({ sample, probability }) => ({ sample: sample - place.sample, probability }));
    this.#current = rest;
    this.#listener.closed(segment);
    this.#listener.opened(rest);
  }
}
