import { z } from "@hono/zod-openapi";
import { limits } from "./limits.ts";

/** What a person typed: no control characters but line breaks, trimmed, Unicode in composed form. */
function typed(most: number) {
  return z
    .string()
    .max(most)
    .refine((text) => !/[\p{Cc}\p{Cs}]/u.test(text.replaceAll(/[\n\r\t]/g, "")), { params: { field: "bad-form" } })
    .transform((text) => text.normalize("NFC").trim());
}

const needed = (most: number) => typed(most).pipe(z.string().min(1));

/** The body of `POST /api/intake` for a region whose care pages have these languages. */
export function intakeSchema(languages: readonly string[], now: () => Date = () => new Date()) {
  const language = z.string().refine((tag) => languages.includes(tag), { params: { field: "unknown-language" } });
  return z
    .strictObject({
      language: language.openapi({ example: "pt" }),
      name: needed(limits.name),
      birthYear: z
        .int()
        .min(limits.oldestBirthYear)
        .refine((year) => year <= now().getUTCFullYear(), { params: { field: "out-of-range" } })
        .optional(),
      gender: z.enum(["male", "female", "other", "unknown"]).optional(),
      phone: z
        .string()
        .regex(/^\s*\+?\s*\p{Nd}[\p{Nd}\s().\-/]{3,38}$/u)
        .transform((text) => text.trim())
        .optional(),
      complaint: needed(limits.complaint),
      since: typed(limits.since),
      pain: z.int().min(0).max(10),
      allergies: typed(limits.allergies),
      medicines: typed(limits.medicines),
      consent: z.strictObject({
        version: z.string().regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,39}$/),
        language,
        agreed: z.literal(true),
      }),
      interpreterNeeded: z.boolean().optional(),
    })
    .openapi("Intake");
}
export type Intake = z.output<ReturnType<typeof intakeSchema>>;

export const intakeAnswer = z
  .object({
    caseNumber: z.string().openapi({ example: "MZ-1PMT-M35Z" }),
    accessCode: z.string().openapi({ example: "48310927", description: "Eight digits, shown once." }),
  })
  .openapi("IntakeAnswer");
export type IntakeAnswer = z.output<typeof intakeAnswer>;
