import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";

const guardedEvents = [
  /** A patient's record or case was opened, or listed in an answer of a search in /fhir. */
  "patient.opened",
  /** A case number, an access code or a record id that does not exist was asked for. */
  "lookup.missed",
  /** A whole record left: `$everything`, `$summary`, a download. */
  "record.exported",
] as const;
/** What the guard watches. */
export type GuardedEvent = (typeof guardedEvents)[number];

/** Whom a rule judges. Applications read in bulk by trade; people do not. */
const kinds = ["staff", "patient", "application", "anonymous"] as const;
export type WatchedKind = (typeof kinds)[number];

const hour = z.int().min(0).max(23);
const ruleSchema = z.strictObject({
  /** Named in the audit log and to administrators: a key of the locales' `desk` namespace, `guard.<id>`, where it has one. */
  id: z.string().regex(/^[a-z][a-z0-9-]{0,39}$/),
  event: z.enum(guardedEvents),
  who: z.array(z.enum(kinds)).min(1),
  /** Counts events, or different patients (cases, codes) among them. */
  count: z.enum(["events", "different"]),
  /** The event after this many within the window is the offence. */
  limit: z.int().min(1).max(10_000),
  windowMs: z.int().min(1_000).max(86_400_000),
  /** Only within these hours of the station's local time: from, inclusive, to, exclusive; may span midnight. */
  hours: z.strictObject({ from: hour, to: hour }).optional(),
});
const rulesSchema = z
  .array(ruleSchema)
  .min(1)
  .refine((rules) => new Set(rules.map((rule) => rule.id)).size === rules.length, "two rules have one id");
export type GuardRule = z.output<typeof ruleSchema>;

/** The rules of every station that has none of its own. A clinician's busiest hour is far below them. */
export const usualRules = join(import.meta.dirname, "../../guard-rules.json");

/** Reads a file of rules. Throws a sentence that names the file and what is wrong, so that a station never starts without its guard. */
export async function readGuardRules(path: string): Promise<readonly GuardRule[]> {
  const text = await readFile(path, "utf8");
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new Error(`The guard's rules in ${path} are not JSON.`, { cause: error });
  }
  const result = rulesSchema.safeParse(value);
  if (!result.success) throw new Error(`The guard's rules in ${path} cannot be used:\n${z.prettifyError(result.error)}`);
  return result.data;
}
