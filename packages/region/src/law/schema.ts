import { z } from "zod";
import { countryCode } from "../schema.ts";

/** Where this software keeps or handles something: judged by the country the machine stands in. */
export const places = ["records", "backups", "logs", "keys", "audio", "transcripts", "modelInputs"] as const;
export type Place = (typeof places)[number];

/** What crosses to the hub: the gateway's classes. */
export const crossings = ["operational", "aggregate", "deidentified", "notification", "share", "terminology"] as const;
export type Crossing = (typeof crossings)[number];

export type Flow = Place | Crossing;
export const flows: readonly Flow[] = [...places, ...crossings];

export const conditions = ["consent", "k-anonymity", "suppression", "ministry-authority", "review"] as const;
export type Condition = (typeof conditions)[number];

const source = {
  id: z.string().regex(/^[A-Z]{2}-\d+$/, "the country's code and a number, such as MZ-1"),
  /** The law's name as it is cited, with number and year. */
  law: z.string().min(1),
  article: z.string().min(1),
  /** When the law or its last change came into force; a year where only that is known. */
  date: z.string().regex(/^\d{4}(-\d{2}(-\d{2})?)?$/, "2024, 2024-05 or 2024-05-31"),
  url: z.url().optional(),
  /** `verified`: a person has read the article named, on the day named in `checked`. */
  status: z.enum(["verified", "unverified"]),
  /** What the rule means for this software, one or two sentences. */
  says: z.string().min(1),
};

const placeRule = z.strictObject({
  ...source,
  kind: z.literal("place"),
  applies: z.array(z.enum(places)).min(1),
  /** `in-country`, or the countries where a machine may also stand; `anywhere` only where the law says so. */
  where: z.union([z.literal("in-country"), z.literal("anywhere"), z.array(countryCode).min(1)]),
});

const crossingRule = z
  .strictObject({
    ...source,
    kind: z.literal("crossing"),
    applies: z.array(z.enum(crossings)).min(1),
    decision: z.enum(["allow", "condition", "refuse"]),
    conditions: z.array(z.enum(conditions)).optional(),
  })
  .refine(
    (rule) => (rule.decision === "condition") === (rule.conditions?.length ?? 0) > 0,
    "`conditions` belongs to `decision: condition`",
  );

const notifyRule = z.strictObject({
  ...source,
  kind: z.literal("notify"),
  /** Who must be told or asked, and of what. */
  who: z.string().min(1),
  when: z.string().min(1),
});

export const lawPackSchema = z.strictObject({
  code: countryCode,
  checked: z.iso.date(),
  rules: z.array(z.discriminatedUnion("kind", [placeRule, crossingRule, notifyRule])).min(1),
});
export type LawPack = z.infer<typeof lawPackSchema>;
export type LawRule = LawPack["rules"][number];
