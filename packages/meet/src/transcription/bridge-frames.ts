import { z } from "zod";

/**
 * What a Jitsi Videobridge sends to a transcription service: JSON text frames, one event each.
 * Numbers travel as strings in some fields and as numbers in others, and differ between versions
 * of the bridge; both are taken everywhere. Frames repeat their `event` key; the last one counts,
 * as `JSON.parse` reads it.
 */

const count = z
  .union([z.number(), z.string().regex(/^-?\d{1,16}$/)])
  .transform(Number)
  .pipe(z.number().int());
const name = z.string().min(1).max(256);

export const infoFrameSchema = z.object({
  event: z.literal("info"),
  application: z.string().max(256).optional(),
  version: z.string().max(256).optional(),
  region: z.string().max(256).nullish(),
});

export const sourcesFrameSchema = z.object({
  event: z.literal("sources"),
  /** Names of the sources that are exported. */
  exports: z.array(name).max(1024).default([]),
  /** Target languages asked for, as bare codes: the whole set each time, empty stops translation. */
  requests: z.array(z.string().min(1).max(35)).max(64).default([]),
});

export const startFrameSchema = z.object({
  event: z.literal("start"),
  sequenceNumber: count.optional(),
  start: z.object({
    tag: name,
    mediaFormat: z.object({
      encoding: z.string().max(32),
      sampleRate: count.optional(),
      channels: count.optional(),
      parameters: z.record(z.string(), z.unknown()).nullish(),
    }),
    customParameters: z.object({ endpointId: name.nullish() }).nullish(),
    diarize: z.unknown().optional(),
  }),
});

export const mediaFrameSchema = z.object({
  event: z.literal("media"),
  sequenceNumber: count.optional(),
  media: z.object({
    tag: name,
    /** Extended RTP sequence number: a gap is loss. */
    chunk: count,
    /** 48 kHz ticks since the socket opened: a gap with consecutive chunks is silence left out. */
    timestamp: count,
    /** Base64. */
    payload: z.string(),
    /** 0 (loud) to 127 (silence), RFC 6464. */
    audioLevel: count.nullish(),
    vad: z.boolean().nullish(),
  }),
});

export const pingFrameSchema = z.object({ event: z.literal("ping"), id: count });
export const sessionEndFrameSchema = z.object({ event: z.literal("session-end") });

const bridgeFrameSchema = z.discriminatedUnion("event", [
  infoFrameSchema,
  sourcesFrameSchema,
  startFrameSchema,
  mediaFrameSchema,
  pingFrameSchema,
  sessionEndFrameSchema,
]);
export type BridgeFrame = z.infer<typeof bridgeFrameSchema>;
export type StartFrame = z.infer<typeof startFrameSchema>;
export type MediaFrame = z.infer<typeof mediaFrameSchema>;

const known: ReadonlySet<unknown> = new Set(["info", "sources", "start", "media", "ping", "session-end"]);

/** A frame that is not what the protocol says. Its message holds no part of the frame. */
export class FrameError extends Error {
  readonly code: "not-json" | "unknown-event" | "invalid-frame";

  constructor(code: FrameError["code"], cause?: unknown) {
    super(`bridge frame: ${code}`, { cause });
    this.name = "FrameError";
    this.code = code;
  }
}

/** Reads one text frame of the bridge. Throws `FrameError`. */
export function parseBridgeFrame(text: string): BridgeFrame {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    // The parser's own message quotes the text.
    throw new FrameError("not-json", error instanceof SyntaxError ? undefined : error);
  }
  if (typeof json !== "object" || json === null || !("event" in json) || !known.has(json.event)) {
    throw new FrameError("unknown-event");
  }
  const frame = bridgeFrameSchema.safeParse(json);
  if (!frame.success) throw new FrameError("invalid-frame");
  return frame.data;
}
