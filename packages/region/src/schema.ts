import { z } from "zod";

/** The shape of `regions/<CODE>.yaml`. What CLDR knows is not in the file; see `facts.ts`. */

export const countryCode = z.string().regex(/^[A-Z]{2}$/, "two capital letters, ISO 3166-1 alpha-2");

/** Canonical BCP 47 as `Intl` writes it: `pt`, `zh-Hans`, `sr-Latn`. */
export const languageTag = z.string().refine(isCanonicalTag, "not a canonical BCP 47 language tag");

function isCanonicalTag(tag: string): boolean {
  try {
    return Intl.getCanonicalLocales(tag)[0] === tag;
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** An IANA name of today or of before (`Asia/Kolkata`, `Asia/Calcutta`); no offset such as `+02:00`. */
const timeZone = z.string().refine(isTimeZone, "not an IANA time zone");

function isTimeZone(zone: string): boolean {
  if (zone !== "UTC" && !/^[A-Z][A-Za-z]+\/[\w/+-]+$/.test(zone)) return false;
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone !== "";
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** ISO 8601 date of day precision: when a person last checked the fact. */
const day = z.iso.date();

const eventClassFlow = z
  .strictObject({
    /** `refuse` is what an absent rule means; it may also be said. */
    decision: z.enum(["allow", "condition", "refuse"]),
    /** What must hold before an item of this class leaves. Required with `condition`. */
    condition: z.enum(["consent", "k-anonymity", "suppression", "ministry-authority", "review"]).optional(),
    /** Rule id of the law pack this rests on, for instance `MZ-3`, or `no-personal-data`. */
    basis: z.string().min(1),
  })
  .refine(
    (flow) => (flow.decision === "condition") === (flow.condition !== undefined),
    "`condition` belongs to `decision: condition`",
  );

export const flowsSchema = z.strictObject({
  operational: eventClassFlow,
  aggregate: eventClassFlow,
  deidentified: eventClassFlow,
  notification: eventClassFlow,
  share: eventClassFlow,
  terminology: eventClassFlow,
});

const translationRoute = z.strictObject({
  from: languageTag,
  to: languageTag,
  /** Steps in order: each an engine and the language it translates into; the last one equals `to`. */
  steps: z.array(z.strictObject({ engine: z.enum(["bergamot", "apertium", "libretranslate"]), to: languageTag })).min(1),
});

const contact = z.strictObject({
  /** In English. */
  name: z.string().min(1),
  /** As it calls itself, by language. */
  names: z.record(languageTag, z.string().min(1)).optional(),
  phone: z.string().optional(),
  email: z.email().optional(),
  url: z.url().optional(),
  source: z.string().min(1),
  checked: day,
});

export const regionSchema = z.strictObject({
  code: countryCode,
  role: z.enum(["station", "hub"]),
  timeZones: z.array(timeZone).min(1),
  languages: z.strictObject({
    /** Languages of the care pages, the first one offered first. */
    care: z.array(languageTag).min(1),
    /** Languages of booth, desk and fleet. */
    staff: z.array(languageTag).min(1),
    fallback: languageTag,
  }),
  emergency: z.strictObject({
    ambulance: z.string().min(2),
    police: z.string().min(2),
    fire: z.string().min(2).optional(),
    source: z.string().min(1),
    checked: day,
  }),
  hosting: z
    .array(
      z.strictObject({
        kind: z.enum(["debian", "aws"]),
        /** AWS region id, only for `aws`. */
        region: z.string().optional(),
        /** The country the machine stands in. */
        country: countryCode,
        note: z.string().optional(),
      }),
    )
    .min(1),
  link: z.strictObject({
    profile: z.enum(["fibre", "mobile", "satellite"]),
    /** Round trip to the hub, milliseconds. */
    rttMs: z.number().int().positive(),
    /** What the link carries, kbit/s. */
    kbit: z.number().int().positive(),
    /** What federation may use in a day, MB. */
    dailyBudgetMb: z.number().int().positive(),
  }),
  notifiable: z.array(
    z.strictObject({
      icd10: z.string().regex(/^[A-Z]\d{2}(\.\d{1,2})?$/, "an ICD-10 code such as A00 or A22.1"),
      /** ISO 8601 duration within which the ministry must know. */
      within: z.string().regex(/^P(\d+D|T\d+H)$/, "P1D, P7D, PT24H …"),
      source: z.string().min(1),
    }),
  ),
  flows: flowsSchema,
  /** Law pack of `regions/law/`, usually the country's own code. */
  law: countryCode,
  speech: z.strictObject({
    /** Per language heard: model ids of packages/models in order of preference, or `remote`: a server that the site file names. A language that is absent has no captions. */
    hear: z.record(languageTag, z.array(z.string()).min(1)),
    translate: z.array(translationRoute),
  }),
  contacts: z.strictObject({ mission: contact.optional(), ministry: contact.optional() }),
});

export type Region = z.infer<typeof regionSchema>;
export type FlowRule = z.infer<typeof eventClassFlow>;
export type TranslationRoute = z.infer<typeof translationRoute>;
