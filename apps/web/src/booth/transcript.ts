import type { CaptionEvent, Line, Participant, Pin, SessionHealth, Translation } from "@yizhan/meet";

/** One segment of speech: what was heard, and each translation by its target language. */
export interface Spoken {
  readonly line: Line;
  readonly translations: Readonly<Record<string, Translation>>;
}

export interface Transcript {
  /** By the time the speech began. */
  readonly spoken: readonly Spoken[];
  readonly participants: Readonly<Record<string, Participant & { readonly captions: boolean }>>;
  readonly health: SessionHealth | undefined;
  readonly ended: boolean;
  /** Translations that came before their line. */
  readonly early: Readonly<Record<string, readonly Translation[]>>;
}

export const emptyTranscript: Transcript = { spoken: [], participants: {}, health: undefined, ended: false, early: {} };

/** Lines kept on the page; a day's session must not fill a tablet's memory. */
const most = 500;

/** The transcript after one more event. Events may be repeated (a reconnection replays the last lines). */
export function heard(before: Transcript, event: CaptionEvent): Transcript {
  switch (event.type) {
    case "line":
      return withLine(before, event);
    case "translation":
      return withTranslation(before, event);
    case "health":
      return { ...before, health: event };
    case "participant":
      return {
        ...before,
        participants: { ...before.participants, [event.participant.id]: { ...event.participant, captions: event.captions } },
      };
    case "ended":
      return { ...before, ended: true };
  }
}

function withLine(before: Transcript, line: Line): Transcript {
  const at = before.spoken.findLastIndex((one) => one.line.segmentId === line.segmentId);
  if (at >= 0) {
    // A late interim never replaces the final text.
    if (before.spoken[at]?.line.final === true && !line.final) return before;
    return { ...before, spoken: before.spoken.map((one, index) => (index === at ? { ...one, line } : one)) };
  }
  const { [line.segmentId]: waiting = [], ...early } = before.early;
  const fresh: Spoken = { line, translations: Object.fromEntries(waiting.map((one) => [one.to, one])) };
  const after = before.spoken.findLastIndex((one) => one.line.startedAt <= line.startedAt) + 1;
  const spoken = [...before.spoken.slice(0, after), fresh, ...before.spoken.slice(after)];
  return { ...before, early, spoken: spoken.slice(-most) };
}

function withTranslation(before: Transcript, translation: Translation): Transcript {
  const { segmentId } = translation;
  const known = before.spoken.some((one) => one.line.segmentId === segmentId);
  if (!known) {
    const others = (before.early[segmentId] ?? []).filter((one) => one.to !== translation.to);
    const early = Object.entries({ ...before.early, [segmentId]: [...others, translation] }).slice(-50);
    return { ...before, early: Object.fromEntries(early) };
  }
  return {
    ...before,
    spoken: before.spoken.map((one) =>
      one.line.segmentId === segmentId ? { ...one, translations: { ...one.translations, [translation.to]: translation } } : one,
    ),
  };
}

export interface StripPin {
  readonly pin: Pin;
  readonly segmentId: string;
  readonly speaker: string;
}

/** The newest pins of final lines, the latest first, each value once. */
export function strip(transcript: Transcript, size = 24): readonly StripPin[] {
  const found = new Map<string, StripPin>();
  for (const { line } of transcript.spoken.toReversed()) {
    if (!line.final) continue;
    for (const pin of line.pins) {
      const key = `${pin.kind} ${pin.value}`;
      if (!found.has(key))
        found.set(key, { pin, segmentId: line.segmentId, speaker: line.participant.name ?? line.participant.tag });
      if (found.size >= size) return [...found.values()];
    }
  }
  return [...found.values()];
}

/** Below this a pin is shown as doubtful. */
export const doubtBelow = 0.6;

export function isDoubtful(pin: Pin): boolean {
  return (pin.probability !== undefined && pin.probability < doubtBelow) || (pin.candidates?.length ?? 0) > 0;
}

export interface Piece {
  readonly text: string;
  readonly pin: Pin | undefined;
  /** True where the text may still change. */
  readonly interim: boolean;
}

/** Cuts a text at its pins and at the end of what is committed. Pins that overlap an earlier one are left out. */
export function pieces(text: string, pins: readonly Pin[], committed = text.length): readonly Piece[] {
  const result: Piece[] = [];
  const push = (from: number, to: number, pin: Pin | undefined) => {
    const cut = Math.min(Math.max(committed, from), to);
    if (cut > from) result.push({ text: text.slice(from, cut), pin, interim: false });
    if (to > cut) result.push({ text: text.slice(cut, to), pin, interim: true });
  };
  let at = 0;
  for (const pin of pins.toSorted((a, b) => a.start - b.start)) {
    if (pin.start < at || pin.end <= pin.start || pin.end > text.length) continue;
    push(at, pin.start, undefined);
    push(pin.start, pin.end, pin);
    at = pin.end;
  }
  push(at, text.length, undefined);
  return result;
}
