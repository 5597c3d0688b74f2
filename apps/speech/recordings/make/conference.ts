import { encodeOpus } from "./opus.ts";
import { RATE, type Speaker, type SpokenTurn } from "./script.ts";

const FRAME = 960;
/** RFC 6464: −dBov, 127 is silence. */
const SILENCE = 127;
/** A bridge's first frame and its way to us. */
const OPEN_MS = 40;

export interface Header {
  recording: string;
  licence: string;
  made: string;
  speakers: { id: string; tag: string; endpointId: string; language: string; name: string; offset: number }[];
  /** True times, seconds after the socket opened. */
  turns: { speaker: string; start: number; end: number; text: string }[];
}

/**
 * Puts turns one after the other, a pause of half a second to a second between them, and writes what a bridge sends:
 * Opus packets of both speakers by time; packets of level 127 are left out, `chunk` counts on, `timestamp` jumps.
 */
export function conference(
  about: Omit<Header, "speakers" | "turns">,
  speakers: readonly Speaker[],
  turns: readonly SpokenTurn[],
  requests: readonly string[],
): string[] {
  const placed = place(turns);
  const last = placed.at(-1);
  const length = Math.ceil(((last ? last.at + last.samples.length : 0) + RATE) / FRAME) * FRAME;
  const tags = speakers.map((speaker) => ({ ...speaker, tag: `${speaker.endpointId}-a0` }));
  const header: Header = {
    ...about,
    speakers: tags.map(({ id, tag, endpointId, language, name }) => ({ id, tag, endpointId, language, name, offset: 0 })),
    turns: placed.map(({ speaker, at, samples, text }) => ({ speaker, ...spoken(at, samples), text })),
  };
  const frames: { t: number; frame: (sequence: () => string) => object }[] = [];
  const add = (t: number, frame: (sequence: () => string) => object) => frames.push({ t, frame });
  add(0, () => ({ event: "info", application: "yizhan-recording", version: "1" }));
  add(1, () => ({ event: "sources", exports: tags.map(({ tag }) => tag), requests }));
  for (const [index, { id, tag, endpointId }] of tags.entries()) {
    const track = new Float32Array(length);
    for (const turn of placed) if (turn.speaker === id) track.set(turn.samples, turn.at);
    const firstChunk = 11_000 + index * 9000;
    let chunk = firstChunk;
    for (const [number, packet] of encodeOpus(track).entries()) {
      const level = levelOf(track.subarray(number * FRAME, (number + 1) * FRAME));
      if (level === SILENCE) continue;
      const t = Math.round((number * FRAME * 1000) / RATE) + OPEN_MS + 20;
      if (chunk === firstChunk) add(t, (sequence) => start(sequence(), tag, endpointId));
      const own = String(chunk++);
      add(t, (sequence) => ({
        event: "media",
        sequenceNumber: sequence(),
        media: {
          tag,
          chunk: own,
          timestamp: String(number * FRAME),
          payload: Buffer.from(packet).toString("base64"),
          audioLevel: level,
          vad: level < 60,
        },
      }));
    }
  }
  let sequence = 0;
  const next = () => String(++sequence);
  const ordered = frames.toSorted((a, b) => a.t - b.t);
  return [JSON.stringify(header), ...ordered.map(({ t, frame }) => JSON.stringify({ t, conn: 1, data: twice(frame(next)) }))];
}

/** A bridge writes the key `event` at both ends of a frame, `info` apart. */
function twice(frame: object): string {
  const text = JSON.stringify(frame);
  const { event } = frame as { event: string };
  return event === "info" ? text : `${text.slice(0, -1)},"event":${JSON.stringify(event)}}`;
}

function start(sequenceNumber: string, tag: string, endpointId: string): object {
  const mediaFormat = { encoding: "opus", sampleRate: RATE, channels: 2, parameters: { useinbandfec: "1", minptime: "10" } };
  return { event: "start", sequenceNumber, start: { tag, mediaFormat, customParameters: { endpointId } } };
}

/** The same pauses every time the script runs. */
function place(turns: readonly SpokenTurn[]): (SpokenTurn & { at: number })[] {
  let at = RATE;
  return turns.map((turn, index) => {
    const begun = Math.round(at / FRAME) * FRAME;
    at = begun + turn.samples.length + RATE * (0.5 + ((index * 7) % 10) / 20);
    return { ...turn, at: begun };
  });
}

/** From the first to the last sample that can be heard. */
function spoken(at: number, samples: Float32Array): { start: number; end: number } {
  const loud = (sample: number) => Math.abs(sample) > 0.01;
  const seconds = (index: number) => Math.round(((at + index) / RATE) * 1000) / 1000;
  return { start: seconds(samples.findIndex(loud)), end: seconds(samples.findLastIndex(loud)) };
}

function levelOf(frame: Float32Array): number {
  const power = frame.reduce((sum, sample) => sum + sample * sample, 0) / Math.max(1, frame.length);
  return power === 0 ? SILENCE : Math.min(SILENCE, Math.max(0, Math.round(-10 * Math.log10(power))));
}
