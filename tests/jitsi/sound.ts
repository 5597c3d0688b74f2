import { conferenceOf, type Recording } from "@yizhan/meet/replay";
import { SourceDecoder } from "../../apps/speech/src/audio/decoder.ts";

const rate = 16_000;

/** What one speaker of a recorded conference says, as a WAV file of 16 bits; silence where nothing was sent. */
export async function soundOf(recording: Recording, speaker: string, seconds: number): Promise<Buffer> {
  const { tag, offset } = recording.header.speakers.find(({ id }) => id === speaker) ?? { tag: "", offset: 0 };
  const samples = new Int16Array(seconds * rate);
  const decoder = await SourceDecoder.open((decoded, timestamp) => {
    const from = Math.round(timestamp / 3 - offset * rate);
    for (const [index, value] of decoded.entries())
      if (from + index >= 0 && from + index < samples.length) samples[from + index] = Math.max(-1, Math.min(1, value)) * 32_767;
  });
  for (const item of conferenceOf(recording))
    if (item.kind === "media" && item.tag === tag)
      decoder.take({ chunk: item.chunk, timestamp: item.timestamp, payload: Buffer.from(item.payload, "base64") }, 0);
  decoder.close();
  const head = Buffer.alloc(44);
  head.write("RIFF", 0);
  head.writeUInt32LE(36 + samples.byteLength, 4);
  head.write("WAVEfmt ", 8);
  head.writeUInt32LE(16, 16);
  head.writeUInt16LE(1, 20);
  head.writeUInt16LE(1, 22);
  head.writeUInt32LE(rate, 24);
  head.writeUInt32LE(rate * 2, 28);
  head.writeUInt16LE(2, 32);
  head.writeUInt16LE(16, 34);
  head.write("data", 36);
  head.writeUInt32LE(samples.byteLength, 40);
  return Buffer.concat([head, new Uint8Array(samples.buffer)]);
}
