import { createWriteStream } from "node:fs";
import { mkdir, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import type { ReadableStream } from "node:stream/web";
import { ModelError } from "../errors.ts";

const ANSWER_MS = 10_000;

/**
 * Downloads `url` to `path`, going on where an earlier try stopped (HTTP Range). `progress`
 * hears bytes as they arrive. Throws `source-failed`.
 */
export async function download(
  url: string,
  path: string,
  progress: (bytes: number) => void,
  signal?: AbortSignal,
): Promise<void> {
  await mkdir(dirname(path), { recursive: true });
  const have = (await stat(path).catch(() => undefined))?.size ?? 0;
  let response: Response;
  // Only the answer is timed: a slow link may take as long as it needs for the rest.
  const late = new AbortController();
  const timer = setTimeout(() => late.abort(), ANSWER_MS);
  try {
    response = await fetch(url, {
      headers: have > 0 ? { range: `bytes=${have}-` } : {},
      signal: signal === undefined ? late.signal : AbortSignal.any([signal, late.signal]),
    });
  } catch (error) {
    throw new ModelError("source-failed", `${new URL(url).host} does not answer.`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
  // Nothing is left to fetch: the checksum says whether what is here is right.
  if (response.status === 416) return;
  if (!response.ok || response.body === null)
    throw new ModelError("source-failed", `${new URL(url).host} answered ${response.status}.`);
  const goesOn = response.status === 206;
  if (goesOn) progress(have);
  const body = Readable.fromWeb(response.body as ReadableStream<Uint8Array>);
  body.on("data", (chunk: Buffer) => progress(chunk.length));
  try {
    await pipeline(body, createWriteStream(path, { flags: goesOn ? "a" : "w" }));
  } catch (error) {
    throw new ModelError("source-failed", `The download from ${new URL(url).host} broke off.`, {
      cause: error,
      remedy: "Run it again: it goes on where it stopped.",
    });
  }
}
