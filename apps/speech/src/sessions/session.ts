import { captionMessage, type Clock, type Pin, type SessionHealth, translationMessage } from "@yizhan/meet";
import type { Log } from "@yizhan/http";
import { widening, primaryOf } from "../captions/languages.ts";
import { weighPins } from "../captions/pins.ts";
import type { Terms } from "../captions/terms.ts";
import { routeFor, translateLine } from "../captions/translate.ts";
import type { Engines, HearingEngine } from "../engines/types.ts";
import type { SpeechMetrics } from "../metrics.ts";
import type { Scheduler } from "../stream/scheduler.ts";
import { Speaker, type SpokenCaption } from "../stream/speaker.ts";
import { People, type Person } from "./people.ts";
import { Watchers } from "./watchers.ts";

export interface SessionDeps {
  readonly clock: Clock;
  readonly engines: Engines;
  readonly terms: Terms;
  readonly scheduler: Scheduler;
  readonly metrics: SpeechMetrics;
  readonly log: Log;
  /** Told when people or sockets came or went. */
  readonly changed?: () => void;
}

/** Where sound comes from and captions go to: a bridge's socket, a microphone. */
export interface Outlet {
  readonly wantsInterims: boolean;
  /** Target languages asked for, exactly as asked. */
  requests(): readonly string[];
  /** A JSON text frame for the bridge. */
  caption(spoken: SpokenCaption, participant: { id: string; tag: string }): void;
  translation(result: Parameters<typeof translationMessage>[0]): void;
}

/** A final line, as heard or as corrected. */
type Said = Pick<SpokenCaption, "segmentId" | "text" | "language" | "startedAt">;

interface Voice {
  /** Whoever may be speaking: several share one microphone, and the language that is heard says who it was. */
  readonly participantIds: readonly [string, ...string[]];
  readonly tag: string;
  readonly speaker: Speaker;
  /** The socket that brings its sound and gets its captions. */
  outlet: Outlet;
  soundAt: number;
  behind: boolean;
}

/** Speakers in one session, at most: a bridge that invents more gets no memory for them. */
export const speakersLimit = 64;
/** A final that comes later than this after its speech means that the machine falls behind. */
const behindMs = 3_000;
/** Milliseconds of nothing after which an older socket is heard again. */
const takeBackMs = 1_000;

/** One conversation: its people, its speakers, its watchers. Sockets come and go. */
export class Session {
  readonly id: string;
  readonly startedAt: number;
  readonly people = new People();
  readonly watchers = new Watchers();
  readonly #deps: SessionDeps;
  /** By source tag. */
  readonly #voices = new Map<string, Voice>();
  /** With the order in which they came. */
  readonly #outlets = new Map<Outlet, number>();
  #arrivals = 0;
  readonly #translating = new Set<Promise<void>>();
  #healthDue: (() => void) | undefined;
  ended = false;

  constructor(id: string, deps: SessionDeps) {
    this.id = id;
    this.#deps = deps;
    this.startedAt = deps.clock.now();
  }

  get connected(): boolean {
    return this.#outlets.size > 0;
  }

  attach(outlet: Outlet): void {
    this.#arrivals += 1;
    this.#outlets.set(outlet, this.#arrivals);
    this.ended = false;
    this.#deps.changed?.();
  }

  detach(outlet: Outlet): void {
    this.#outlets.delete(outlet);
    this.#deps.changed?.();
  }

  /** Holds from the next segment on. */
  tell(id: string, person: Person): void {
    this.people.tell(id, person);
    this.#announce(id);
    this.#prepareTranslations();
  }

  /** Whether this language is heard now. */
  hears(language: string | undefined): boolean {
    return language !== undefined && this.#engineFor(language) !== undefined;
  }

  /** Whether one microphone will do for people who speak these languages. */
  hearsTogether(languages: readonly string[]): boolean {
    return languages.length > 1 && this.#either(languages) !== undefined;
  }

  /** A source began, or began anew. False where the session has no room for it. */
  open(tag: string, participantIds: readonly [string, ...string[]], outlet: Outlet): boolean {
    if (this.#voices.has(tag)) return true;
    if (this.#voices.size >= speakersLimit) return false;
    for (const id of participantIds) this.people.heardFrom(id, tag);
    const { clock, engines, scheduler, terms } = this.#deps;
    const speaker = new Speaker({
      key: `${this.id}/${tag}`,
      clock,
      detector: engines.detector(),
      scheduler,
      hearing: () => {
        const languages = [...new Set(participantIds.flatMap((id) => this.people.languageOf(id) ?? []))];
        const [language] = languages;
        if (language === undefined) return undefined;
        const undecided = languages.length > 1;
        const engine = undecided ? this.#either(languages) : this.#engineFor(language);
        return engine && { engine, language, undecided };
      },
      prompt: (language) => terms.prompt(language),
      listener: {
        caption: (spoken) => this.#caption(voice, spoken),
        health: () => this.#healthChanged(),
        trouble: (code, cause) => {
          this.#deps.metrics.troubles.inc({ code });
          this.#deps.log.warn({ code, err: cause }, "speaker in trouble");
        },
      },
    });
    const voice: Voice = { participantIds, tag, speaker, outlet, soundAt: 0, behind: false };
    this.#voices.set(tag, voice);
    for (const id of participantIds) this.#announce(id);
    return true;
  }

  /**
   * Sound of a source that was opened. Of two sockets that bring the same source the newer one is heard; the
   * older one again when nothing comes from it.
   */
  sound(tag: string, samples: Float32Array, at: number, outlet: Outlet): void {
    const voice = this.#voices.get(tag);
    if (voice === undefined) return;
    const now = this.#deps.clock.now();
    if (voice.outlet !== outlet) {
      const newer = this.#order(outlet) > this.#order(voice.outlet);
      if (!newer && now - voice.soundAt < takeBackMs) return;
      voice.outlet = outlet;
    }
    voice.soundAt = now;
    this.#deps.metrics.sound.inc(samples.length / 16_000);
    voice.speaker.take(samples, at);
  }

  /**
   * A person who listened says what was really said: the line is shown with both texts and translated anew.
   * False where the line is not a final of this session, or too old to be remembered.
   */
  correct(segmentId: string, correction: { readonly text: string; readonly by: string }): boolean {
    const line = this.watchers.final(segmentId);
    const voice = line && this.#voices.get(line.participant.tag);
    if (line === undefined || voice === undefined) return false;
    const { terms, clock } = this.#deps;
    const pins = terms.parsePins(correction.text, line.language);
    this.watchers.emit({ ...line, corrected: { ...correction, pins, at: clock.now() } });
    this.#translateAll(voice, { ...line, text: correction.text }, pins);
    return true;
  }

  /** The bridge says it is over: everything that was said is still captioned and translated. */
  async end(): Promise<void> {
    await Promise.all([...this.#voices.values()].map(({ speaker }) => speaker.drain()));
    await Promise.all(this.#translating);
    this.ended = true;
    this.watchers.emit({ type: "ended" });
    this.#deps.changed?.();
  }

  close(): void {
    this.#healthDue?.();
    for (const { speaker } of this.#voices.values()) speaker.close();
    this.#voices.clear();
  }

  health(): SessionHealth {
    const speakers = [...this.#voices.values()].map(({ participantIds, speaker }) => {
      const { engine, lagMs, droppedInterims, lostSegments } = speaker.counts;
      return {
        participant: this.people.participant(participantIds[0]),
        engine,
        lagMs: lagMs === null ? null : Math.round(lagMs),
        droppedInterims,
        lostSegments,
      };
    });
    const behind = [...this.#voices.values()].some((voice) => voice.behind || voice.speaker.counts.waitingFinals > 1);
    return { type: "health", speakers, behind };
  }

  /** When a socket came; 0 for one that is gone. */
  #order(outlet: Outlet): number {
    return this.#outlets.get(outlet) ?? 0;
  }

  #engineFor(language: string): HearingEngine | undefined {
    for (const tag of widening(language)) {
      const engine = this.#deps.engines.hearing(tag);
      if (engine !== undefined) return engine;
    }
    return undefined;
  }

  #either(languages: readonly string[]): HearingEngine | undefined {
    return this.#deps.engines.either(languages, (language) => this.#deps.terms.prompt(language));
  }

  /** Of those at one microphone, whoever speaks what was heard. */
  #speakerOf({ participantIds }: Voice, language: string): string {
    return participantIds.find((id) => this.people.languageOf(id) === language) ?? participantIds[0];
  }

  #announce(id: string): void {
    const participant = this.people.participant(id);
    this.watchers.emit({ type: "participant", participant, captions: this.hears(this.people.languageOf(id)) });
    this.#deps.changed?.();
  }

  #caption(voice: Voice, spoken: SpokenCaption): void {
    const { terms, metrics } = this.#deps;
    const id = this.#speakerOf(voice, spoken.language);
    const participant = { ...this.people.participant(id), tag: voice.tag, language: spoken.language };
    const weighed = weighPins(spoken.text, terms.parsePins(spoken.text, spoken.language), spoken.words);
    const pins = terms.doubt(spoken.text, spoken.language, weighed);
    this.watchers.emit({
      type: "line",
      segmentId: spoken.segmentId,
      participant,
      language: spoken.language,
      text: spoken.text,
      committed: spoken.committed,
      final: spoken.final,
      ...(spoken.words.length === 0
        ? {}
        : {
            words: spoken.words.map(({ text, probability }) => ({ text, ...(probability === undefined ? {} : { probability }) })),
          }),
      pins,
      startedAt: spoken.startedAt,
      endedAt: spoken.endedAt,
    });
    if (spoken.final || voice.outlet.wantsInterims) voice.outlet.caption(spoken, participant);
    metrics.captions.observe({ kind: spoken.final ? "final" : "interim", engine: spoken.engine }, spoken.lagMs / 1_000);
    if (!spoken.final || spoken.text === "") return;
    voice.behind = spoken.lagMs > behindMs;
    this.#translateAll(voice, spoken, pins);
  }

  /** Who will talk with whom is known before the first line: what translates it is loaded by then. */
  #prepareTranslations(): void {
    const languages = this.people.languages();
    for (const from of languages) {
      for (const to of languages.filter((tag) => primaryOf(tag) !== primaryOf(from))) {
        const route = routeFor(this.#deps.engines.translator, from, to);
        if (route !== undefined) this.#deps.engines.translator.prepare(route.from, route.to);
      }
    }
  }

  #translateAll(voice: Voice, said: Said, pins: readonly Pin[]): void {
    for (const to of this.#targets(voice, said.language)) {
      const work = this.#translate(voice, said, pins, to).finally(() => this.#translating.delete(work));
      this.#translating.add(work);
    }
  }

  /** Everyone else's languages and what browsers asked for, each once. */
  #targets(voice: Voice, from: string): string[] {
    const asked = [...this.#outlets.keys()].flatMap((outlet) => [...outlet.requests()]).concat([...voice.outlet.requests()]);
    const wanted = new Map<string, string>();
    for (const tag of [...this.people.languages(), ...asked]) {
      if (primaryOf(tag) !== primaryOf(from)) wanted.set(tag.toLowerCase(), wanted.get(tag.toLowerCase()) ?? tag);
    }
    return [...wanted.values()];
  }

  async #translate(voice: Voice, spoken: Said, pins: readonly Pin[], to: string): Promise<void> {
    const { engines, terms, metrics, clock } = this.#deps;
    const began = clock.now();
    const source = { text: spoken.text, language: spoken.language, pins: [...pins] };
    const line = await translateLine({ translator: engines.translator, terms }, source, to);
    metrics.translations.observe({ from: spoken.language, to }, (clock.now() - began) / 1_000);
    this.watchers.emit({ type: "translation", segmentId: spoken.segmentId, from: spoken.language, to, ...line });
    if (line.text === "" || !voice.outlet.requests().includes(to)) return;
    const participant = { id: this.#speakerOf(voice, spoken.language), tag: voice.tag };
    voice.outlet.translation({
      segmentId: spoken.segmentId,
      participant,
      text: line.text,
      language: to,
      startedAt: spoken.startedAt,
    });
  }

  /** At most one health event a second. */
  #healthChanged(): void {
    if (this.#healthDue !== undefined) return;
    this.watchers.emit(this.health());
    this.#healthDue = this.#deps.clock.after(1_000, () => {
      this.#healthDue = undefined;
      const now = this.health();
      if (JSON.stringify(now) !== JSON.stringify(this.watchers.known().find((event) => event.type === "health"))) {
        this.watchers.emit(now);
      }
    });
  }
}

/** A caption as the bridge's browsers take it. */
export function bridgeCaption(spoken: SpokenCaption, participant: { id: string; tag: string }): string {
  const known = spoken.words.flatMap(({ probability }) => probability ?? []);
  const confidence = known.length === 0 ? undefined : known.reduce((sum, one) => sum + one, 0) / known.length;
  return captionMessage({
    segmentId: spoken.segmentId,
    participant,
    text: spoken.text,
    final: spoken.final,
    ...(spoken.final ? {} : { stability: spoken.committed === spoken.text.length ? 0.9 : 0.5 }),
    startedAt: spoken.startedAt,
    language: spoken.language,
    ...(confidence === undefined ? {} : { confidence: Math.min(1, Math.max(0, confidence)) }),
  });
}
