import { open } from "node:fs/promises";
import { ModelError } from "./errors.ts";

/** What the head of a whisper.cpp file says. Layout: whisper.cpp `models/convert-pt-to-ggml.py`. */
export interface GgmlWhisper {
  /** False for the sizes that hear English alone. */
  readonly multilingual: boolean;
  /** Of the encoder: 4 tiny, 6 base, 12 small, 24 medium, 32 large. */
  readonly layers: number;
}

const magic = 0x67_67_6d_6c;
const fields = 11;
const least = 4 * (1 + fields);

/** Reads the head of a file. Throws `not-a-model` where it is not Whisper's in whisper.cpp's form, or is cut short. */
export async function ggmlWhisper(path: string): Promise<GgmlWhisper> {
  const head = Buffer.alloc(least);
  await using file = await open(path).catch((error: unknown) => {
    throw new ModelError("not-a-model", `${path} cannot be read.`, { cause: error });
  });
  const { bytesRead } = await file.read(head, 0, least, 0);
  const number = (at: number) => head.readInt32LE(4 * (1 + at));
  const whisper = bytesRead === least && head.readUInt32LE(0) === magic && number(5) === 448 && [80, 128].includes(number(9));
  if (!whisper) {
    throw new ModelError("not-a-model", `${path} is no Whisper model in whisper.cpp's form (ggml).`, {
      remedy: "Convert it with whisper.cpp's models/convert-h5-to-ggml.py, or take a file that is called ggml-….bin.",
    });
  }
  const [vocabulary, width, layers] = [number(0), number(2), number(4)];
  // What the encoder's matrices take at least, at four bits a weight.
  const { size } = await file.stat();
  if (size < (layers * 12 * width * width) / 2) throw new ModelError("not-a-model", `${path} ends before its weights do.`);
  return { multilingual: vocabulary >= 51_865, layers };
}
