import { execFileSync } from "node:child_process";
import { RATE } from "./script.ts";

/** Any sound file to 48 kHz mono, through sox, with its level evened. */
export function readSound(path: string): Float32Array {
  const raw = execFileSync("sox", [path, "-t", "f32", "-r", String(RATE), "-c", "1", "-", "norm", "-6"], { maxBuffer: 2 ** 28 });
  return new Float32Array(new Uint8Array(raw).buffer);
}

/** 24 kHz to 48 kHz, through sox. */
export function upsample(samples: Float32Array): Float32Array {
  const format = ["-t", "f32", "-c", "1", "-r"];
  const raw = execFileSync("sox", [...format, "24000", "-", ...format, String(RATE), "-", "norm", "-6"], {
    input: new Uint8Array(samples.buffer, samples.byteOffset, samples.byteLength),
    maxBuffer: 2 ** 28,
  });
  return new Float32Array(new Uint8Array(raw).buffer);
}
