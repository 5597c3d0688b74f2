import type { Clock } from "@yizhan/meet";
import type { Heard, HearMode, VoiceDetector } from "../engines/types.ts";
import { frameMs, Framer, samplesPerMs } from "./framer.ts";
import { type Hearing, LiveSegment } from "./live-segment.ts";
import { AdaptivePatience } from "./patience.ts";
import { type Bid, type Bidder, type Scheduler, urgency } from "./scheduler.ts";
import { type Segment, Segmenter, segmenterDefaults } from "./segmenter.ts";

export interface SpokenCaption {
  readonly segmentId: string;
  readonly language: string;
  readonly engine: string;
  readonly text: string;
  readonly committed: number;
  readonly final: boolean;
  readonly words: Heard["words"];
  /** Epoch milliseconds of the speech. */
  readonly startedAt: number;
  readonly endedAt: number;
  /** Milliseconds from the sound that this caption covers to the caption. */
  readonly lagMs: number;
}

export type SpeakerTrouble = "segment-lost" | "detector-failed" | "sound-dropped";

export interface SpeakerListener {
  caption(caption: SpokenCaption): void;
  /** A count changed that an interpreter should see. */
  health(): void;
  trouble(code: SpeakerTrouble, cause?: unknown): void;
}

export interface SpeakerOptions {
  /** Names the speaker to the engines, which share themselves fairly. */
  readonly key: string;
  readonly clock: Clock;
  readonly detector: VoiceDetector;
  readonly scheduler: Scheduler;
  /** Who hears the next segment, in which language. Undefined: nobody, and nothing is kept. */
  readonly hearing: () => Hearing | undefined;
  /** Words to expect. */
  readonly prompt: (language: string) => string | undefined;
  readonly listener: SpeakerListener;
}

export interface SpeakerCounts {
  /** Id of the model that heard the last segment. */
  engine: string | null;
  lagMs: number | null;
  droppedInterims: number;
  lostSegments: number;
  waitingFinals: number;
}

/** Milliseconds of sound, lead included, before the first interim; and between two, at least. */
const firstInterim = segmenterDefaults.lead + 480;
const leastInterval = 480;
/** Milliseconds after which a watcher expects to see more: an interim that did not come by then was dropped. */
const cadence = 1_000;
/** Milliseconds of silence after which no interim is begun, and after which the final is begun on trial. */
const pauseBegins = 100;
const endingBegins = 128;
/** Milliseconds: a final that takes longer is begun when it is sure to be wanted, and not on trial. */
const worthATry = 1_500;
/** Milliseconds without a packet after which silence is counted by the clock. */
const quietNetwork = 120;
/** Milliseconds of sound that may wait for the detector, and of speech that may wait for its final. */
const soundLimit = 20_000;
const finalsLimit = 300_000;

/** One speaker's way from sound to captions. */
export class Speaker implements Bidder {
  readonly #options: SpeakerOptions;
  readonly #framer = new Framer();
  readonly #patience = new AdaptivePatience();
  readonly #segmenter: Segmenter;
  #live: LiveSegment | undefined;
  /** Closed segments that wait for their final, in order. */
  #finals: LiveSegment[] = [];
  #hearingFinal = false;
  /** Milliseconds that hearing takes, smoothed. */
  #interimCost = 250;
  #finalCost = 400;
  #sound: { samples: Float32Array; at: number }[] = [];
  #soundMs = 0;
  #pumping = false;
  /** Epoch up to which it is known what was said, by sound or by the clock; and by sound alone. */
  #heardUntil = 0;
  #lastSound = 0;
  #arrived = 0;
  #stopTicking: (() => void) | undefined;
  #idle: (() => void)[] = [];
  readonly counts: SpeakerCounts = { engine: null, lagMs: null, droppedInterims: 0, lostSegments: 0, waitingFinals: 0 };

  constructor(options: SpeakerOptions) {
    this.#options = options;
    this.#segmenter = new Segmenter(
      {
        opened: (segment) => this.#opened(segment),
        closed: (segment) => this.#closed(segment),
        dropped: () => this.#dropped(),
      },
      this.#patience,
    );
    options.scheduler.add(this);
  }

  /** Takes 16 kHz mono sound that began at `at`, epoch milliseconds. Returns at once. */
  take(samples: Float32Array, at: number): void {
    this.#arrived = this.#options.clock.now();
    this.#sound.push({ samples, at });
    this.#soundMs += samples.length / samplesPerMs;
    while (this.#soundMs > soundLimit) {
      this.#soundMs -= (this.#sound.shift()?.samples.length ?? 0) / samplesPerMs;
      this.#options.listener.trouble("sound-dropped");
    }
    if (!this.#pumping) void this.#pump();
  }

  /** Ends the segment in progress; settles when every final is out. */
  async drain(): Promise<void> {
    while (this.#pumping) await new Promise<void>((resolve) => this.#idle.push(resolve));
    this.#segmenter.end();
    this.#options.scheduler.kick();
    while (this.#finals.length > 0 || this.#hearingFinal) await new Promise<void>((resolve) => this.#idle.push(resolve));
  }

  close(): void {
    this.#options.scheduler.remove(this);
    // The detector forgets what it kept of this speaker.
    this.#options.detector.reset();
    this.#stopTicking?.();
    this.#live?.interim?.abort();
    this.#live?.ending?.controller.abort();
    this.#live = undefined;
    this.#finals = [];
    this.#sound = [];
  }

  endingSoon(): boolean {
    return this.#finals.length > 0 || (this.#live !== undefined && this.#silence() >= pauseBegins);
  }

  bid(): Bid | undefined {
    if (this.#hearingFinal) return undefined;
    const [next] = this.#finals;
    if (next !== undefined) return { urgency: urgency.final, run: () => this.#hearFinal(next) };
    const live = this.#live;
    if (live === undefined || live.closed) return undefined;
    const silence = this.#silence();
    if (silence >= endingBegins) {
      const long = live.segment.speechMs >= segmenterDefaults.shortest;
      const wanted = live.wholeEnding === undefined && long && this.#finalCost < worthATry;
      return wanted ? { urgency: urgency.ending, run: () => this.#hearEnding(live) } : undefined;
    }
    if (live.undecided || silence >= pauseBegins || live.interim !== undefined) return undefined;
    const fresh = (live.segment.audio.length - live.interimSamples) / samplesPerMs;
    const due = live.interimSamples === 0 ? firstInterim : this.#interval();
    return fresh >= due ? { urgency: urgency.interim, run: () => this.#hearInterim(live) } : undefined;
  }

  /** Interims take two fifths of a core at most. */
  #interval(): number {
    return Math.min(4_000, Math.max(leastInterval, 2.5 * this.#interimCost));
  }

  #silence(): number {
    return this.#segmenter.silence(this.#heardUntil);
  }

  async #pump(): Promise<void> {
    this.#pumping = true;
    const { detector, listener, scheduler } = this.#options;
    for (let next = this.#sound.shift(); next !== undefined; next = this.#sound.shift()) {
      this.#soundMs -= next.samples.length / samplesPerMs;
      // Where nobody will hear it, no sound is kept and none is looked at.
      if (this.#live === undefined && this.#options.hearing() === undefined) continue;
      for (const framed of this.#framer.take(next.samples, next.at)) {
        if ("silentUntil" in framed) {
          if (framed.silentUntil - framed.at > 300) detector.reset();
          this.#heardUntil = framed.silentUntil;
          this.#segmenter.gap(framed);
          continue;
        }
        let probability = 0;
        try {
          probability = await detector.process(framed.frame);
        } catch (error) {
          listener.trouble("detector-failed", error);
        }
        this.#heardUntil = framed.at + frameMs;
        this.#lastSound = this.#heardUntil;
        this.#segmenter.frame(framed.at, framed.frame, probability);
      }
      scheduler.kick();
    }
    this.#pumping = false;
    this.#settle();
  }

  /** Packets stop coming in silence: then the clock says how long it lasts. */
  #tick(): void {
    this.#stopTicking = undefined;
    if (this.#live === undefined) return;
    const quiet = this.#options.clock.now() - this.#arrived;
    if (!this.#pumping && quiet > quietNetwork) {
      const until = Math.max(this.#heardUntil, this.#lastSound + quiet - quietNetwork);
      this.#heardUntil = until;
      this.#segmenter.silentUntil(until);
      this.#options.scheduler.kick();
    }
    if (this.#live !== undefined) this.#keepTicking();
  }

  #keepTicking(): void {
    this.#stopTicking ??= this.#options.clock.after(60, () => this.#tick());
  }

  #opened(segment: Segment): void {
    const hearing = this.#options.hearing();
    if (hearing === undefined) return;
    this.#live = new LiveSegment(segment, hearing);
    this.counts.engine = hearing.engine.id;
    this.#keepTicking();
  }

  #dropped(): void {
    const live = this.#live;
    this.#live = undefined;
    if (live !== undefined && live.shown !== "") this.#show(live, { text: live.agreement.committed, final: true, words: [] });
    live?.interim?.abort();
  }

  #closed(_segment: Segment): void {
    const live = this.#live;
    this.#live = undefined;
    if (live === undefined) return;
    live.closed = true;
    live.interim?.abort();
    const ending = live.wholeEnding;
    if (ending?.heard !== undefined && this.#finals.length === 0) return this.#finish(live, ending.heard);
    // One in progress becomes the final when it is done.
    if (ending !== undefined && ending.heard === undefined) return;
    live.ending?.controller.abort();
    this.#finals.push(live);
    this.#boundFinals();
    this.#options.scheduler.kick();
  }

  #boundFinals(): void {
    const waiting = () => this.#finals.reduce((sum, live) => sum + live.segment.audio.length / samplesPerMs, 0);
    while (waiting() > finalsLimit) {
      const lost = this.#finals.splice(this.#hearingFinal ? 1 : 0, 1)[0];
      if (lost === undefined) break;
      this.#lose(lost);
    }
    this.counts.waitingFinals = this.#finals.length;
    if (this.#finals.length > 1) this.#options.listener.health();
  }

  async #hearInterim(live: LiveSegment): Promise<void> {
    const { listener } = this.#options;
    const length = live.segment.audio.length;
    const missed = Math.floor((length - live.interimSamples) / samplesPerMs / cadence) - 1;
    if (missed > 0) {
      this.counts.droppedInterims += missed;
      listener.health();
    }
    live.interimSamples = length;
    const controller = new AbortController();
    live.interim = controller;
    const until = live.segment.audio.timeOf(length);
    try {
      const heard = await this.#hear(live, "interim", live.segment.audio.samples(length), controller);
      if (!live.closed) this.#showInterim(live, heard, until);
    } catch (error) {
      if (!controller.signal.aborted) listener.trouble("segment-lost", error);
    } finally {
      live.interim = undefined;
    }
  }

  /** Speech may be over: hears all of it as a final, so that the wait for certainty is not wasted. */
  async #hearEnding(live: LiveSegment): Promise<void> {
    this.#hearingFinal = true;
    const { audio, speechEndSample } = live.segment;
    const ending = { speechEndSample, heard: undefined as Heard | undefined, controller: new AbortController() };
    live.ending = ending;
    const until = Math.min(audio.length, speechEndSample + segmenterDefaults.tail * samplesPerMs);
    live.interimSamples = until;
    try {
      const heard = await this.#hear(live, "final", audio.samples(until), ending.controller);
      ending.heard = heard;
      if (live.closed && live.wholeEnding === ending) this.#finish(live, heard);
      else if (!live.closed) {
        if (live.wholeEnding === ending) this.#patience.heard(heard.text);
        if (!live.undecided) this.#showInterim(live, heard, audio.timeOf(speechEndSample));
      }
    } catch {
      live.ending = undefined;
      // The real final is still to come, and its failure is told.
      if (live.closed && !this.#finals.includes(live)) this.#finals.unshift(live);
    } finally {
      this.#hearingFinal = false;
      this.#settle();
    }
  }

  async #hearFinal(live: LiveSegment): Promise<void> {
    this.#hearingFinal = true;
    try {
      const heard = await this.#hear(live, "final", live.segment.audio.samples(), new AbortController());
      this.#finals = this.#finals.filter((other) => other !== live);
      this.#finish(live, heard);
    } catch (error) {
      this.#finals = this.#finals.filter((other) => other !== live);
      this.#lose(live, error);
    } finally {
      this.#hearingFinal = false;
      this.counts.waitingFinals = this.#finals.length;
      this.#settle();
    }
  }

  async #hear(live: LiveSegment, mode: HearMode, samples: Float32Array, controller: AbortController) {
    // A prompt costs an interim a fifth more time, and of 26 turns it mended no word: it waits for the final.
    const prompt = mode === "final" && !live.undecided ? this.#options.prompt(live.language) : undefined;
    const tooLong = 20_000 + samples.length / samplesPerMs;
    const { clock } = this.#options;
    const cancel = clock.after(tooLong, () => controller.abort());
    const began = clock.now();
    try {
      const heard = await live.engine.hear({
        samples,
        language: live.language,
        mode,
        speaker: this.#options.key,
        signal: controller.signal,
        ...(prompt === undefined ? {} : { prompt }),
      });
      this.#learnCost(mode, clock.now() - began);
      return heard;
    } finally {
      cancel();
    }
  }

  #learnCost(mode: HearMode, ms: number): void {
    if (mode === "interim") this.#interimCost += 0.3 * (ms - this.#interimCost);
    else this.#finalCost += 0.3 * (ms - this.#finalCost);
  }

  #showInterim(live: LiveSegment, heard: Heard, until: number): void {
    const text = heard.text.trim();
    if (text === "") return;
    const agreed = live.agreement.interim({ text, words: heard.words });
    this.#show(live, { ...agreed, final: false, words: heard.words, until });
  }

  #finish(live: LiveSegment, heard: Heard): void {
    if (live.undecided) live.language = heard.language;
    const text = live.agreement.final({ text: heard.text.trim(), words: heard.words });
    this.counts.lagMs = Math.max(0, this.#options.clock.now() - live.segment.speechEnd);
    // A cough that nobody was shown needs no caption.
    if (text !== "" || live.shown !== "") this.#show(live, { text, final: true, words: heard.words });
    this.#options.listener.health();
  }

  #lose(live: LiveSegment, cause?: unknown): void {
    this.counts.lostSegments += 1;
    this.#options.listener.trouble("segment-lost", cause);
    // What was committed was said; the rest of it nobody heard.
    if (live.shown !== "") this.#show(live, { text: live.agreement.committed, final: true, words: [] });
    this.#options.listener.health();
  }

  #show(
    live: LiveSegment,
    shown: { text: string; committed?: number; final: boolean; words: Heard["words"]; until?: number },
  ): void {
    const { text, final, words } = shown;
    if (!final && text === live.shown) return;
    live.shown = text;
    const { startedAt, speechEnd } = live.segment;
    const endedAt = shown.until ?? speechEnd;
    this.#options.listener.caption({
      segmentId: live.id,
      language: live.language,
      engine: live.engine.id,
      text,
      committed: final ? text.length : (shown.committed ?? 0),
      final,
      words,
      startedAt,
      endedAt,
      lagMs: Math.max(0, this.#options.clock.now() - endedAt),
    });
  }

  #settle(): void {
    for (const resolve of this.#idle.splice(0)) resolve();
  }
}
