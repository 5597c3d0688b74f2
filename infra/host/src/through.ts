import { type Duplex, Readable } from "node:stream";
import { pipeline } from "node:stream/promises";

/** Pieces through a transform (decompression); an error of either side reaches the reader. */
export async function* through(pieces: AsyncIterable<Uint8Array>, transform: Duplex): AsyncGenerator<Uint8Array, void> {
  let failure: unknown;
  const fed = pipeline(Readable.from(pieces), transform).catch((error: unknown) => {
    failure = error;
  });
  try {
    for await (const chunk of transform) yield chunk as Uint8Array;
  } catch (error) {
    await fed;
    throw failure ?? error;
  }
  await fed;
  if (failure !== undefined) throw failure;
}
