import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import { serveTasks } from "../host/serve.ts";

export interface SpeakTask {
  readonly phonemes: string;
  readonly voice: string;
}

/** What the model takes at once; a sentence is far shorter. */
const longest = 510;
const style = 256;

// Source of the shapes: hexgrad/Kokoro-82M. Tokens with 0 at both ends; the voice's row of that length; 24 kHz out.
await serveTasks<{ folder: string; threads: number }, SpeakTask>(async ({ folder, threads }) => {
  const session = await ort.InferenceSession.create(join(folder, "kokoro.onnx"), {
    intraOpNumThreads: threads,
    extra: { session: { intra_op: { allow_spinning: "0" } } },
  });
  const { vocab } = JSON.parse(await readFile(join(folder, "config.json"), "utf8")) as { vocab: Record<string, number> };
  return async ({ phonemes, voice }) => {
    const tokens = [...phonemes].flatMap((phoneme) => vocab[phoneme] ?? []);
    if (tokens.length === 0 || tokens.length > longest) throw new RangeError(`${tokens.length} phonemes`);
    const styles = new Float32Array(new Uint8Array(await readFile(join(folder, "voices", `${voice}.bin`))).buffer);
    const output = await session.run({
      tokens: new ort.Tensor("int64", BigInt64Array.from([0, ...tokens, 0], BigInt), [1, tokens.length + 2]),
      style: new ort.Tensor("float32", styles.slice(tokens.length * style, (tokens.length + 1) * style), [1, style]),
      speed: new ort.Tensor("float32", Float32Array.of(0.95), [1]),
    });
    const [audio] = Object.values(output);
    if (audio === undefined) throw new Error("no sound");
    return audio.data as Float32Array;
  };
});
