import { execFileSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import * as ort from "onnxruntime-node";
import { phonemes } from "../../src/engines/speaking/phonemes.ts";

/** Kokoro hears at most 510 phonemes at once; a turn is far shorter. */
const LONGEST = 510;
const STYLE = 256;

export type Speak = (text: string, language: string, voice: string) => Promise<Float32Array>;

/** Kokoro's natural voices, 24 kHz mono. `python` has `misaki[zh]` for Chinese; other languages go through espeak-ng. */
export async function openKokoro(folder: string, python: string): Promise<Speak> {
  const session = await ort.InferenceSession.create(join(folder, "kokoro.onnx"));
  const { vocab } = JSON.parse(await readFile(join(folder, "config.json"), "utf8")) as { vocab: Record<string, number> };
  return async (text, language, voice) => {
    const spoken =
      language === "zh"
        ? chinese(text, python)
        : await phonemes(text, language === "en" && voice.startsWith("b") ? "en-GB" : language);
    const tokens = [...spoken].map((phoneme) => vocab[phoneme]).filter((id) => id !== undefined);
    if (tokens.length === 0 || tokens.length > LONGEST) throw new Error(`${tokens.length} phonemes: ${text}`);
    const bytes = new Uint8Array(await readFile(join(folder, "voices", `${voice}.bin`)));
    const styles = new Float32Array(bytes.buffer);
    const style = styles.slice(tokens.length * STYLE, (tokens.length + 1) * STYLE);
    const output = await session.run({
      tokens: new ort.Tensor("int64", BigInt64Array.from([0, ...tokens, 0], BigInt), [1, tokens.length + 2]),
      style: new ort.Tensor("float32", style, [1, STYLE]),
      speed: new ort.Tensor("float32", Float32Array.of(1), [1]),
    });
    const [audio] = Object.values(output);
    if (!audio) throw new Error("Kokoro gave no sound");
    return audio.data as Float32Array;
  };
}

function chinese(text: string, python: string): string {
  const code = "import sys; from misaki import zh; print(zh.ZHG2P()(sys.argv[1])[0])";
  return execFileSync(python, ["-c", code, text], { encoding: "utf8", stdio: ["ignore", "pipe", "ignore"] }).trim();
}
