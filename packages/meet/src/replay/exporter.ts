import type { ConferenceItem, ConferencePacket, ConferenceStart } from "./conference.ts";

/**
 * Writes frames exactly as the bridge does: every one but `info` repeats its `event` key, some
 * numbers are strings. Sequence numbers and timestamps count from the opening of each socket.
 */
export class Exporter {
  /** Packets that had no socket to go to. */
  lost = 0;
  readonly #requests: readonly string[];
  readonly #starts = new Map<string, ConferenceStart>();
  readonly #exports: readonly string[];
  #sequence = 0;
  /** 48 kHz ticks of conference time at which the socket opened; undefined while there is none. */
  #opened: number | undefined;

  constructor(items: readonly ConferenceItem[], requests: readonly string[]) {
    this.#requests = requests;
    this.#exports = [...new Set(items.map((item) => item.tag))];
  }

  /** `at` is conference time, milliseconds. Returns what the bridge sends first. */
  open(at: number): string[] {
    this.#opened = Math.round(at * 48);
    this.#sequence = 0;
    return [
      JSON.stringify({ event: "info", application: "jitsi-videobridge", version: "2.3.SNAPSHOT" }),
      twice("sources", { exports: this.#exports, requests: this.#requests }),
      ...[...this.#starts.values()].map((start) => this.#start(start)),
    ];
  }

  close(): void {
    this.#opened = undefined;
  }

  /** Undefined where no socket is open: the packet is lost, a start is told at the next opening. */
  frame(item: ConferenceItem): string | undefined {
    if (item.kind === "start") this.#starts.set(item.tag, item);
    if (this.#opened === undefined) {
      if (item.kind === "media") this.lost += 1;
      return undefined;
    }
    return item.kind === "start" ? this.#start(item) : this.#media(item, this.#opened);
  }

  ping(id: number): string {
    return twice("ping", { id });
  }

  end(): string {
    return '{"event":"SessionEndEvent","event":"session-end"}';
  }

  #start(start: ConferenceStart): string {
    this.#sequence += 1;
    return twice("start", {
      sequenceNumber: String(this.#sequence),
      start: { tag: start.tag, mediaFormat: start.mediaFormat, customParameters: { endpointId: start.endpointId } },
    });
  }

  #media(packet: ConferencePacket, opened: number): string {
    this.#sequence += 1;
    const { tag, chunk, timestamp, payload, audioLevel, vad } = packet;
    return twice("media", {
      sequenceNumber: String(this.#sequence),
      media: {
        tag,
        chunk: String(chunk),
        timestamp: String(timestamp - opened),
        payload,
        ...(audioLevel === undefined ? {} : { audioLevel }),
        ...(vad === undefined ? {} : { vad }),
      },
    });
  }
}

function twice(event: string, rest: Readonly<Record<string, unknown>>): string {
  return `${JSON.stringify({ event, ...rest }).slice(0, -1)},"event":${JSON.stringify(event)}}`;
}
