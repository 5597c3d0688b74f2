import { conferenceOf, type Recording } from "@yizhan/meet/replay";
import { systemClock } from "@yizhan/meet";
import { base64Bytes } from "../audio/base64.ts";
import { encodingOf, Source } from "../audio/source.ts";
import type { HearingEngine } from "../engines/types.ts";
import { segmenterDefaults } from "../stream/segmenter.ts";

export interface OfflineTurn {
  readonly participant: string;
  readonly language: string;
  readonly said: string;
  readonly heard: string;
}

/**
 * Milliseconds kept around a turn: what a segment keeps live. A tenth of a second more or less changes the words of a
 * turn by more than streaming does (docs/captions.md), so the floor is cut as the stream is.
 */
const { lead, tail } = segmenterDefaults;

/** The floor: each turn cut where it truly begins and ends, and heard at leisure by the same engine. */
export async function hearOffline(
  recording: Recording,
  hearing: (language: string) => HearingEngine | undefined,
  prompt: (language: string) => string | undefined,
): Promise<OfflineTurn[]> {
  const sound = await soundOf(recording);
  const turns: OfflineTurn[] = [];
  for (const turn of recording.header.turns) {
    const speaker = recording.header.speakers.find(({ id }) => id === turn.speaker);
    const engine = speaker === undefined ? undefined : hearing(speaker.language);
    const all = speaker === undefined ? undefined : sound.get(speaker.tag);
    if (speaker === undefined || engine === undefined || all === undefined) continue;
    const sample = (seconds: number) => Math.max(0, Math.round((speaker.offset + seconds) * 16_000));
    const samples = all.slice(sample(turn.start - lead / 1_000), sample(turn.end + tail / 1_000));
    const words = prompt(speaker.language);
    const heard = await engine.hear({
      samples,
      language: speaker.language,
      mode: "final",
      ...(words === undefined ? {} : { prompt: words }),
    });
    turns.push({ participant: speaker.endpointId, language: speaker.language, said: turn.text, heard: heard.text });
  }
  return turns;
}

/** Every source's sound on the conference's clock, silence where nothing was sent. */
async function soundOf(recording: Recording): Promise<Map<string, Float32Array>> {
  const items = conferenceOf(recording);
  const end = Math.max(...items.map((item) => (item.kind === "media" ? item.timestamp : 0)));
  const sound = new Map<string, Float32Array>();
  const sources = new Map<string, Source>();
  for (const item of items) {
    if (item.kind === "start") {
      if (sources.has(item.tag)) continue;
      const samples = new Float32Array(Math.ceil(end / 3) + 16_000);
      const decoded = (part: Float32Array, timestamp: number) => samples.set(part, Math.round(timestamp / 3));
      const format = item.mediaFormat as { encoding?: string };
      const source = new Source({ clock: systemClock, encoding: encodingOf(format.encoding ?? "opus") ?? "opus", decoded });
      await source.ready;
      sources.set(item.tag, source);
      sound.set(item.tag, samples);
      continue;
    }
    const payload = base64Bytes(item.payload);
    if (payload !== undefined) sources.get(item.tag)?.push({ chunk: item.chunk, timestamp: item.timestamp, payload });
  }
  for (const source of sources.values()) source.close();
  return sound;
}
