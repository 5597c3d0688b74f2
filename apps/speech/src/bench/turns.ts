import type { CaptionMessage, ServiceMessage, TranslationMessage } from "@yizhan/meet";
import type { RecordingHeader } from "@yizhan/meet/replay";

export interface TimedMessage {
  /** Milliseconds after the conference began. */
  readonly at: number;
  readonly message: ServiceMessage;
}

export interface MeasuredTurn {
  readonly participant: string;
  readonly language: string;
  readonly said: string;
  readonly heard: string;
  /** From the true beginning of speech to the first caption; undefined where none came. */
  readonly firstMs: number | undefined;
  /** From the true end of speech to the last final. */
  readonly finalMs: number | undefined;
}

/** Milliseconds before its turn at which a segment may begin: sound is kept from before the onset. */
const early = 700;

/** What came of each turn, with lag counted from when it was really said. `startedAt` is the epoch of conference time 0. */
export function measureTurns(header: RecordingHeader, messages: readonly TimedMessage[], startedAt: number): MeasuredTurn[] {
  const captions = messages.filter(isCaption);
  return header.turns.flatMap((turn) => {
    const speaker = header.speakers.find(({ id }) => id === turn.speaker);
    if (speaker === undefined) return [];
    const begin = (speaker.offset + turn.start) * 1_000;
    const end = (speaker.offset + turn.end) * 1_000;
    const mine = captions.filter(({ message }) => {
      const said = message.timestamp - startedAt;
      return message.participant.id === speaker.endpointId && said >= begin - early && said < end;
    });
    const finals = mine.filter(({ message }) => !message.is_interim);
    const last = finals.at(-1);
    const [first] = mine;
    return {
      participant: speaker.endpointId,
      language: speaker.language,
      said: turn.text,
      heard: finals.map(({ message }) => message.transcript[0]?.text ?? "").join(" "),
      firstMs: first === undefined ? undefined : first.at - begin,
      finalMs: last === undefined ? undefined : last.at - end,
    };
  });
}

/** From each final to its translation, milliseconds. */
export function translationLags(messages: readonly TimedMessage[]): number[] {
  const finals = new Map(messages.filter(isCaption).map(({ at, message }) => [message.message_id, at]));
  return messages.filter(isTranslation).flatMap(({ at, message }) => {
    const final = finals.get(message.message_id);
    return final === undefined ? [] : [at - final];
  });
}

function isCaption(timed: TimedMessage): timed is { at: number; message: CaptionMessage } {
  return timed.message.event === "transcription-result" && timed.message.type === "transcription-result";
}

function isTranslation(timed: TimedMessage): timed is { at: number; message: TranslationMessage } {
  return timed.message.event === "transcription-result" && timed.message.type === "translation-result";
}
