import type { ConferenceItem, ConferencePacket } from "./conference.ts";
import { seededRandom } from "./random.ts";

export interface Impairments {
  /** Share of packets that never arrive, 0–1. */
  readonly loss?: number;
  /** Share of packets that arrive up to 40 ms later, behind their successors. */
  readonly reorder?: number;
  /** Share of packets that arrive twice. */
  readonly duplicate?: number;
  /** Leaves silence out as Opus DTX does; see {@link leaveOutSilence}. */
  readonly dtx?: boolean;
  /** The same seed gives the same losses. Default 1. */
  readonly seed?: number;
}

/** What a bad network makes of a conference. */
export function impair(items: readonly ConferenceItem[], impairments: Impairments): ConferenceItem[] {
  const { loss = 0, reorder = 0, duplicate = 0, dtx = false, seed = 1 } = impairments;
  const random = seededRandom(seed);
  return (dtx ? leaveOutSilence(items) : items)
    .flatMap((item): ConferenceItem[] => {
      if (item.kind === "start") return [item];
      if (random() < loss) return [];
      const late = random() < reorder ? { ...item, at: item.at + 22 + random() * 18 } : item;
      return random() < duplicate ? [late, { ...late, at: late.at + 5 }] : [late];
    })
    .toSorted((a, b) => a.at - b.at);
}

/** −dBov from which a packet counts as quiet. */
const quiet = 50;

/**
 * After ten quiet packets in a row a source sends one in twenty only, and numbers what it sends
 * without gaps: `chunk` goes on by one while `timestamp` jumps 400 ms.
 */
export function leaveOutSilence(items: readonly ConferenceItem[]): ConferenceItem[] {
  const sources = new Map<string, { quietRun: number; leftOut: number }>();
  const kept: ConferenceItem[] = [];
  for (const item of items) {
    if (item.kind === "start") {
      kept.push(item);
      continue;
    }
    const source = sources.get(item.tag) ?? { quietRun: 0, leftOut: 0 };
    sources.set(item.tag, source);
    source.quietRun = isQuiet(item) ? source.quietRun + 1 : 0;
    if (source.quietRun > 10 && source.quietRun % 20 !== 0) source.leftOut += 1;
    else kept.push({ ...item, chunk: item.chunk - source.leftOut });
  }
  return kept;
}

const frameTicks = 960;
const frameMs = 20;
/** 20 ms of silence as Opus (RFC 6716: CELT, fullband, one channel). */
const silence = Buffer.from([0xf8, 0xff, 0xfe]).toString("base64");

/**
 * The opposite: what a source without DTX sends. From its first packet to the end of the conference a packet comes every 20 ms,
 * silence too, and `chunk` counts every one. For sources of bare Opus in frames of 20 ms.
 */
export function sendSilence(items: readonly ConferenceItem[]): ConferenceItem[] {
  const end = items.at(-1)?.at ?? 0;
  const sources = new Map<string, { last: ConferencePacket; added: number }>();
  const all: ConferenceItem[] = [];
  const fill = (source: { last: ConferencePacket; added: number }, until: (next: ConferencePacket) => boolean) => {
    for (;;) {
      const { last } = source;
      const next: ConferencePacket = {
        ...last,
        at: last.at + frameMs,
        chunk: last.chunk + 1,
        timestamp: last.timestamp + frameTicks,
        payload: silence,
        audioLevel: 127,
        vad: false,
      };
      if (!until(next)) return;
      all.push(next);
      source.last = next;
      source.added += 1;
    }
  };
  for (const item of items) {
    if (item.kind === "start") {
      all.push(item);
      continue;
    }
    const source = sources.get(item.tag) ?? { last: item, added: 0 };
    if (sources.has(item.tag)) fill(source, (next) => next.timestamp < item.timestamp);
    source.last = { ...item, chunk: item.chunk + source.added };
    sources.set(item.tag, source);
    all.push(source.last);
  }
  for (const source of sources.values()) fill(source, (next) => next.at <= end);
  return all.toSorted((a, b) => a.at - b.at);
}

function isQuiet(packet: ConferencePacket): boolean {
  return packet.audioLevel !== undefined && packet.audioLevel >= quiet;
}
