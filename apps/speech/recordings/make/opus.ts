import { execFileSync } from "node:child_process";

/** 48 kHz mono to Opus packets of 20 ms, as WebRTC clients send them, through ffmpeg's libopus. */
export function encodeOpus(samples: Float32Array): Uint8Array[] {
  const input = ["-f", "f32le", "-ar", "48000", "-ac", "1", "-i", "pipe:0"];
  const codec = ["-c:a", "libopus", "-b:a", "24k", "-vbr", "on", "-frame_duration", "20", "-application", "voip"];
  const ogg = execFileSync("ffmpeg", ["-loglevel", "error", ...input, ...codec, "-f", "ogg", "pipe:1"], {
    input: new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength),
    maxBuffer: 2 ** 28,
  });
  // The first two packets are OpusHead and OpusTags.
  return oggPackets(ogg).slice(2);
}

/** RFC 3533: a page's segment table gives lengths; a packet goes on while they are 255, over pages too. */
export function oggPackets(ogg: Uint8Array): Uint8Array[] {
  const packets: Uint8Array[] = [];
  let open: Uint8Array[] = [];
  for (let at = 0; at < ogg.length;) {
    if (Buffer.from(ogg.subarray(at, at + 4)).toString("latin1") !== "OggS") throw new Error("not an Ogg page");
    const count = ogg[at + 26] ?? 0;
    const table = ogg.subarray(at + 27, at + 27 + count);
    at += 27 + count;
    for (const length of table) {
      open.push(ogg.subarray(at, at + length));
      at += length;
      if (length < 255) {
        packets.push(new Uint8Array(Buffer.concat(open)));
        open = [];
      }
    }
  }
  return packets;
}
