import { z } from "zod";

/**
 * What a session's watchers (booth, assisted mode, station) receive from the speech service:
 * one JSON object per server-sent event on `GET /sessions/<id>/events`, newest state first on
 * joining. Texts here never go to a log.
 */

/** A piece of text an interpreter must not lose, by UTF-16 offsets into the line's text. */
export const pinSchema = z.object({
  kind: z.enum(["number", "dose", "frequency", "duration", "drug", "negation", "side", "allergy", "body", "time"]),
  start: z.number().int().nonnegative(),
  end: z.number().int().nonnegative(),
  /** As heard or as translated. */
  text: z.string(),
  /** Canonical form, equal across languages where it means the same: `500 mg`, `2/d`, `INN:amoxicillin`. */
  value: z.string(),
  /** 0–1; below 0.6 it is shown as doubtful. Absent where nothing measured it. */
  probability: z.number().min(0).max(1).optional(),
  /** What else it could have been (look-alikes, sound-alikes): offered, never put in place. */
  candidates: z.array(z.string()).optional(),
});
export type Pin = z.infer<typeof pinSchema>;

/** A reason to distrust a translated line. `code` is a key of the locales' `booth` namespace: `flag.<code>`. */
export const flagSchema = z.object({
  code: z.enum([
    "number-missing",
    "number-added",
    "number-changed",
    "unit-changed",
    "frequency-changed",
    "duration-changed",
    "negation-missing",
    "negation-added",
    "drug-missing",
    "drug-added",
    "drug-changed",
    "drug-unknown",
    "look-alike",
    "side-changed",
    "allergy-changed",
    "body-changed",
    "self-correction",
    "untranslated",
    "low-confidence",
  ]),
  source: z.string().optional(),
  target: z.string().optional(),
});
export type Flag = z.infer<typeof flagSchema>;

export const participantSchema = z.object({
  id: z.string(),
  tag: z.string(),
  name: z.string().optional(),
  language: z.string(),
});
export type Participant = z.infer<typeof participantSchema>;

export const wordSchema = z.object({ text: z.string(), probability: z.number().min(0).max(1).optional() });

export const lineSchema = z.object({
  type: z.literal("line"),
  /** The same for all interims and the final of one segment. */
  segmentId: z.string(),
  participant: participantSchema,
  /** BCP 47, what was heard. */
  language: z.string(),
  text: z.string(),
  /** UTF-16 length of the prefix of `text` that is committed and will never change. */
  committed: z.number().int().nonnegative(),
  final: z.boolean(),
  words: z.array(wordSchema).optional(),
  pins: z.array(pinSchema),
  /** What a person who listened says was said. `text` stays as heard; translations that follow are of this. */
  corrected: z
    .object({
      text: z.string(),
      pins: z.array(pinSchema),
      /** Who corrected it, by name. */
      by: z.string(),
      /** Epoch milliseconds. */
      at: z.number(),
    })
    .optional(),
  /** Epoch milliseconds of the speech itself. */
  startedAt: z.number(),
  endedAt: z.number(),
});
export type Line = z.infer<typeof lineSchema>;

export const translationSchema = z.object({
  type: z.literal("translation"),
  segmentId: z.string(),
  from: z.string(),
  to: z.string(),
  /** Empty with the flag `untranslated` where no route exists: show the source. */
  text: z.string(),
  /** `phrase`, `bergamot`, `bergamot+apertium`, … */
  route: z.string(),
  pins: z.array(pinSchema),
  flags: z.array(flagSchema),
  /** Agreed terms of the glossary that were used. */
  terms: z.array(z.object({ source: z.string(), target: z.string() })).optional(),
});
export type Translation = z.infer<typeof translationSchema>;

export const healthSchema = z.object({
  type: z.literal("health"),
  speakers: z.array(
    z.object({
      participant: participantSchema,
      engine: z.string().nullable(),
      /** Milliseconds from the end of speech to its final, the last one. */
      lagMs: z.number().nonnegative().nullable(),
      droppedInterims: z.number().int().nonnegative(),
      lostSegments: z.number().int().nonnegative(),
    }),
  ),
  /** True while interims are dropped because the machine falls behind. */
  behind: z.boolean(),
});
export type SessionHealth = z.infer<typeof healthSchema>;

export const captionEventSchema = z.discriminatedUnion("type", [
  lineSchema,
  translationSchema,
  healthSchema,
  z.object({ type: z.literal("participant"), participant: participantSchema, captions: z.boolean() }),
  z.object({ type: z.literal("ended") }),
]);
export type CaptionEvent = z.infer<typeof captionEventSchema>;
