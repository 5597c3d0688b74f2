import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { gunzip } from "node:zlib";
import { z } from "zod";

/**
 * A recorded conference as a transcription service receives it: gzip of JSON lines. The first
 * line says who speaks, and what is said when; every other line is one frame with its time.
 */

const headerSchema = z.object({
  speakers: z
    .array(
      z.object({
        id: z.string(),
        tag: z.string(),
        endpointId: z.string(),
        language: z.string(),
        name: z.string().optional(),
        /** Seconds from the opening of the socket to the beginning of the speaker's turns. */
        offset: z.number(),
      }),
    )
    .min(1),
  turns: z.array(
    z.object({
      speaker: z.string(),
      /** Seconds from the speaker's offset. */
      start: z.number(),
      end: z.number(),
      text: z.string(),
    }),
  ),
  licence: z.unknown().optional(),
  made: z.unknown().optional(),
});

const lineSchema = z.object({ t: z.number(), conn: z.number().optional(), data: z.string() });

export type RecordingHeader = z.infer<typeof headerSchema>;
export type RecordedSpeaker = RecordingHeader["speakers"][number];

export interface RecordedFrame {
  /** Milliseconds after the socket opened. */
  readonly at: number;
  /** The frame as the bridge sends it. */
  readonly data: string;
}

export interface Recording {
  readonly header: RecordingHeader;
  readonly frames: readonly RecordedFrame[];
}

const unzip = promisify(gunzip);

/** Reads a `.jsonl.gz` recording. Throws where a line is not what it should be, naming its number. */
export async function readRecording(path: string): Promise<Recording> {
  const [first, ...rest] = (await unzip(await readFile(path))).toString("utf8").trimEnd().split("\n");
  const header = headerSchema.parse(JSON.parse(first ?? "null"));
  const frames = rest.map((line, index) => {
    const parsed = lineSchema.safeParse(JSON.parse(line));
    if (!parsed.success) throw new TypeError(`line ${index + 2} of the recording is no frame`, { cause: parsed.error });
    return { at: parsed.data.t, data: parsed.data.data };
  });
  return { header, frames };
}
