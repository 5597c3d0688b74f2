import { z } from "zod";

/**
 * What a transcription service sends back to the bridge. The bridge writes whatever it cannot
 * parse into its log, whole: every message is built here, so that none lacks its `event`.
 */

const participant = z.object({ id: z.string(), tag: z.string().optional() });

const captionSchema = z.object({
  event: z.literal("transcription-result"),
  type: z.literal("transcription-result"),
  /** The same for all interims and the final of one segment. */
  message_id: z.string().min(1),
  participant,
  transcript: z.array(z.object({ text: z.string(), confidence: z.number().min(0).max(1).optional() })).min(1),
  is_interim: z.boolean(),
  /** Browsers hold text above 0.85 as settled. */
  stability: z.number().min(0).max(1).optional(),
  /** Epoch milliseconds of the speech. */
  timestamp: z.number(),
  /** Browsers call string functions on it unguarded. */
  language: z.string().min(1),
});

const translationResultSchema = z.object({
  event: z.literal("transcription-result"),
  type: z.literal("translation-result"),
  message_id: z.string().min(1),
  participant,
  text: z.string(),
  /** Exactly the code that was requested. */
  language: z.string().min(1),
  timestamp: z.number().optional(),
});

const pongSchema = z.object({ event: z.literal("pong"), id: z.number().int() });

const infoSchema = z.object({
  event: z.literal("info"),
  application: z.string(),
  version: z.string(),
  /** Code of what was wrong with a frame. Bridges ignore it and log the rest. */
  problem: z.string().optional(),
});

const serviceMessageSchema = z.union([
  z.discriminatedUnion("type", [captionSchema, translationResultSchema]),
  pongSchema,
  infoSchema,
]);

export type ServiceMessage = z.infer<typeof serviceMessageSchema>;
export type CaptionMessage = z.infer<typeof captionSchema>;
export type TranslationMessage = z.infer<typeof translationResultSchema>;

export interface CaptionResult {
  readonly segmentId: string;
  readonly participant: { readonly id: string; readonly tag: string };
  readonly text: string;
  /** 0–1, absent where nothing measured it. */
  readonly confidence?: number;
  readonly final: boolean;
  /** 0–1; only interims carry it. */
  readonly stability?: number;
  readonly startedAt: number;
  readonly language: string;
}

export function captionMessage(result: CaptionResult): string {
  const { confidence, stability } = result;
  return JSON.stringify({
    event: "transcription-result",
    type: "transcription-result",
    message_id: result.segmentId,
    participant: { id: result.participant.id, tag: result.participant.tag },
    transcript: [{ text: result.text, ...(confidence === undefined ? {} : { confidence }) }],
    is_interim: !result.final,
    ...(result.final || stability === undefined ? {} : { stability }),
    timestamp: Math.round(result.startedAt),
    language: result.language,
  } satisfies CaptionMessage);
}

export interface TranslationResult {
  readonly segmentId: string;
  readonly participant: { readonly id: string; readonly tag: string };
  readonly text: string;
  /** As the bridge requested it. */
  readonly language: string;
  readonly startedAt: number;
}

export function translationMessage(result: TranslationResult): string {
  return JSON.stringify({
    event: "transcription-result",
    type: "translation-result",
    message_id: result.segmentId,
    participant: { id: result.participant.id, tag: result.participant.tag },
    text: result.text,
    language: result.language,
    timestamp: Math.round(result.startedAt),
  } satisfies TranslationMessage);
}

export function pongMessage(id: number): string {
  return JSON.stringify({ event: "pong", id });
}

export function infoMessage(application: string, version: string, problem?: string): string {
  return JSON.stringify({ event: "info", application, version, ...(problem === undefined ? {} : { problem }) });
}

/** Reads a service's reply as strictly as a bridge must. Throws a `TypeError` that quotes nothing of it. */
export function parseServiceMessage(text: string): ServiceMessage {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw new TypeError("a service's reply is not JSON");
  }
  const message = serviceMessageSchema.safeParse(json);
  if (!message.success) throw new TypeError(`a service's reply is no message a bridge takes: ${paths(message.error)}`);
  return message.data;
}

function paths(error: z.ZodError): string {
  return error.issues.map((issue) => `${issue.path.join(".")} ${issue.code}`).join(", ");
}
