import { fileURLToPath } from "node:url";
import { parseServiceMessage, type ServiceMessage } from "@yizhan/meet";
import { conferenceOf, type ConferencePacket, readRecording } from "@yizhan/meet/replay";
import { WebSocket } from "ws";
import { testToken } from "./service.ts";

export function recordingPath(name: string): string {
  return fileURLToPath(new URL(`../../recordings/${name}.jsonl.gz`, import.meta.url));
}

/** Packets of one spoken turn of a real bridge's recording, then its pause: about four seconds. */
export async function spokenPackets(): Promise<ConferencePacket[]> {
  const { header, frames } = await readRecording(recordingPath("bridge-noise"));
  const [speaker] = header.speakers;
  const [turn] = header.turns;
  if (speaker === undefined || turn === undefined) throw new TypeError("the recording has no speaker");
  const from = (speaker.offset + turn.start - 0.3) * 48_000;
  const until = (speaker.offset + turn.end + 0.9) * 48_000;
  return conferenceOf({ header, frames }).filter(
    (item): item is ConferencePacket =>
      item.kind === "media" && item.tag === speaker.tag && item.timestamp >= from && item.timestamp < until,
  );
}

export interface BridgeSocketForTests {
  readonly messages: ServiceMessage[];
  /** Sends text as it is. */
  send(text: string): void;
  start(tag: string, encoding?: string): void;
  /** Sends packets as `tag`'s, the first one at `at` seconds of the connection's clock and as number `chunk`. */
  speak(tag: string, packets: readonly ConferencePacket[], at: number, chunk?: number): void;
  until(fits: (message: ServiceMessage) => boolean): Promise<ServiceMessage>;
  readonly closed: Promise<number>;
  close(): void;
}

/** A socket as a bridge opens it, for tests that send what no bridge would. */
export async function openBridgeSocket(ws: string, query: string): Promise<BridgeSocketForTests> {
  const socket = new WebSocket(`${ws}/transcribe?${query}`, { headers: { authorization: `Bearer ${testToken}` } });
  const messages: ServiceMessage[] = [];
  const waiting: { fits: (message: ServiceMessage) => boolean; resolve: (message: ServiceMessage) => void }[] = [];
  const closed = new Promise<number>((resolve) => socket.on("close", (code) => resolve(code)));
  socket.on("message", (data) => {
    const message = parseServiceMessage(String(data));
    messages.push(message);
    for (const one of waiting.filter(({ fits }) => fits(message))) {
      waiting.splice(waiting.indexOf(one), 1);
      one.resolve(message);
    }
  });
  await new Promise<void>((resolve, reject) => {
    socket.once("open", () => resolve());
    socket.once("error", reject);
  });
  socket.on("error", () => socket.terminate());
  const event = (name: string, rest: object) => socket.send(JSON.stringify({ event: name, ...rest }));
  return {
    messages,
    closed,
    send: (text) => socket.send(text),
    start(tag, encoding = "opus") {
      event("start", {
        sequenceNumber: "1",
        start: {
          tag,
          mediaFormat: { encoding, sampleRate: 48_000, channels: 2 },
          customParameters: { endpointId: tag.split("-")[0] },
        },
      });
    },
    speak(tag, packets, at, chunk = 1) {
      const first = packets[0]?.timestamp ?? 0;
      for (const [index, packet] of packets.entries()) {
        const timestamp = Math.round(at * 48_000) + packet.timestamp - first;
        event("media", {
          sequenceNumber: String(index),
          media: { tag, chunk: String(chunk + index), timestamp: String(timestamp), payload: packet.payload },
        });
      }
    },
    until(fits) {
      const already = messages.find(fits);
      return already === undefined ? new Promise((resolve) => waiting.push({ fits, resolve })) : Promise.resolve(already);
    },
    close: () => socket.close(),
  };
}

export function isFinal(message: ServiceMessage): boolean {
  return message.event === "transcription-result" && message.type === "transcription-result" && !message.is_interim;
}
