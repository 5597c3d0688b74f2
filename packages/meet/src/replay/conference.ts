import { parseBridgeFrame } from "../transcription/bridge-frames.ts";
import type { Recording } from "./recording.ts";

export interface ConferenceStart {
  readonly kind: "start";
  /** Milliseconds after the conference began. */
  readonly at: number;
  readonly tag: string;
  readonly endpointId: string;
  readonly mediaFormat: unknown;
}

export interface ConferencePacket {
  readonly kind: "media";
  readonly at: number;
  readonly tag: string;
  readonly chunk: number;
  /** 48 kHz ticks after the conference began. */
  readonly timestamp: number;
  readonly payload: string;
  readonly audioLevel: number | undefined;
  readonly vad: boolean | undefined;
}

export type ConferenceItem = ConferenceStart | ConferencePacket;

/** The audio of a recording, apart from the socket it came over: its pings, infos and end are left out. */
export function conferenceOf(recording: Recording): ConferenceItem[] {
  return recording.frames.flatMap(({ at, data }): ConferenceItem[] => {
    const frame = parseBridgeFrame(data);
    if (frame.event === "start") {
      const { tag, mediaFormat, customParameters } = frame.start;
      return [{ kind: "start", at, tag, endpointId: customParameters?.endpointId ?? tag, mediaFormat }];
    }
    if (frame.event !== "media") return [];
    const { tag, chunk, timestamp, payload, audioLevel, vad } = frame.media;
    return [{ kind: "media", at, tag, chunk, timestamp, payload, audioLevel: audioLevel ?? undefined, vad: vad ?? undefined }];
  });
}

/** Several conferences in one, side by side: `tags` renames each one's sources so that they stay apart. */
export function mergeConferences(conferences: readonly (readonly ConferenceItem[])[]): ConferenceItem[] {
  return conferences
    .flatMap((items, index) =>
      items.map((item) => {
        const renamed = { ...item, tag: partOf(index, item.tag) };
        return renamed.kind === "start" ? { ...renamed, endpointId: partOf(index, renamed.endpointId) } : renamed;
      }),
    )
    .toSorted((a, b) => a.at - b.at);
}

/** The name that a source or an endpoint of the `index`-th conference has after merging. */
export function partOf(index: number, name: string): string {
  return index === 0 ? name : `${index}${name.slice(1)}`;
}
