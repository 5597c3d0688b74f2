import { type ConferenceItem, conferenceOf, type Recording, type RecordingHeader } from "@yizhan/meet/replay";
import type { Part } from "./replay.ts";

/** One person of a recording. */
export interface Voice {
  readonly recording: string;
  readonly speaker: string;
}

const voice = (recording: string, speaker: string): Voice => ({ recording, speaker });

/** Who speaks: English alone, another language alone, English with others. No one twice before everyone has spoken. */
export const casts = {
  en: [voice("consult-en-pt", "doctor"), voice("consult-zh-en", "doctor")],
  pt: [voice("consult-en-pt", "patient"), voice("follow-up-pt-zh", "doctor")],
  mixed: [
    voice("consult-en-pt", "doctor"),
    voice("consult-en-pt", "patient"),
    voice("consult-zh-en", "doctor"),
    voice("consult-zh-en", "patient"),
    voice("consult-fr-es", "doctor"),
    voice("consult-fr-es", "patient"),
    voice("follow-up-pt-zh", "doctor"),
    voice("follow-up-pt-zh", "patient"),
  ],
} as const satisfies Readonly<Record<string, readonly Voice[]>>;
export type Cast = keyof typeof casts;

/** One person's speech, moved in time: what is played, and the turns of the recording that it holds. */
export interface Track extends Part {
  readonly voice: Voice;
  readonly said: RecordingHeader["turns"];
}

export interface TrackOptions {
  /** Seconds left of a pause in which somebody else spoke. */
  readonly pause: number;
  /** Seconds by which everything is later: the same person once more is not said in chorus. */
  readonly delay: number;
  /** Seconds after which the track ends; turns that do not end before are left out. */
  readonly seconds?: number | undefined;
}

const ticks = 48_000;

/**
 * One person of a recording as if nobody else spoke: long pauses become short ones. Several such tracks together are as many
 * people who speak at once.
 */
export function trackOf(voice: Voice, recording: Recording, { pause, delay, seconds }: TrackOptions): Track {
  const { header } = recording;
  const speaker = header.speakers.find(({ id }) => id === voice.speaker);
  if (speaker === undefined) throw new RangeError(`${voice.recording} has no ${voice.speaker}`);
  const items = conferenceOf(recording).filter(({ tag }) => tag === speaker.tag);
  const cuts = cutsOf(items, pause * ticks);
  const moved = (timestamp: number) => timestamp - (cuts.findLast(({ from }) => from <= timestamp)?.cut ?? 0) + delay * ticks;
  const shifted = items.map((item) => {
    // A source begins with its first packet.
    const timestamp = item.kind === "media" ? item.timestamp : (cuts[0]?.from ?? 0);
    const to = moved(timestamp);
    const at = item.at + ((to - timestamp) * 1_000) / ticks;
    return item.kind === "media" ? { ...item, at, timestamp: to } : { ...item, at };
  });
  const time = (second: number) => moved((speaker.offset + second) * ticks) / ticks - speaker.offset;
  const turns = header.turns
    .filter((turn) => turn.speaker === voice.speaker)
    .map((said) => ({ said, turn: { ...said, start: time(said.start), end: time(said.start) + said.end - said.start } }))
    .filter(({ turn }) => seconds === undefined || speaker.offset + turn.end < seconds);
  return {
    voice,
    header: { ...header, speakers: [speaker], turns: turns.map(({ turn }) => turn) },
    items: shifted.filter(({ at }) => seconds === undefined || at < seconds * 1_000),
    said: turns.map(({ said }) => said),
  };
}

/** From which timestamp on how many ticks are cut out before it. The first packet comes after one pause. */
function cutsOf(items: readonly ConferenceItem[], pause: number): { from: number; cut: number }[] {
  const cuts: { from: number; cut: number }[] = [];
  let [cut, last] = [0, 0];
  for (const item of items) {
    if (item.kind !== "media") continue;
    const silence = item.timestamp - last;
    if (silence > pause) cut += silence - pause;
    if (silence > pause || cuts.length === 0) cuts.push({ from: item.timestamp, cut });
    last = item.timestamp;
  }
  return cuts;
}
