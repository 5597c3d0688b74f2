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

function isQuiet(packet: ConferencePacket): boolean {
  return packet.audioLevel !== undefined && packet.audioLevel >= quiet;
}
