import { z } from "@hono/zod-openapi";

/** UCUM codes by our names; what is counted rather than measured is an annotation of UCUM's unity. */
export const doseUnits = {
  tablet: "{tablet}",
  capsule: "{capsule}",
  sachet: "{sachet}",
  mg: "mg",
  g: "g",
  mcg: "ug",
  ml: "mL",
  unit: "[iU]",
  drop: "[drp]",
  puff: "{puff}",
  application: "{application}",
} as const;
export type DoseUnit = keyof typeof doseUnits;
const unitNames = Object.keys(doseUnits) as [DoseUnit, ...DoseUnit[]];

/** How often, as FHIR says it: so many times in so many of a unit of time. */
export const frequencies = {
  once: undefined,
  "1-day": { frequency: 1, period: 1, periodUnit: "d" },
  "2-day": { frequency: 2, period: 1, periodUnit: "d" },
  "3-day": { frequency: 3, period: 1, periodUnit: "d" },
  "4-day": { frequency: 4, period: 1, periodUnit: "d" },
  "4-hours": { frequency: 1, period: 4, periodUnit: "h" },
  "6-hours": { frequency: 1, period: 6, periodUnit: "h" },
  "8-hours": { frequency: 1, period: 8, periodUnit: "h" },
  "12-hours": { frequency: 1, period: 12, periodUnit: "h" },
  "1-week": { frequency: 1, period: 1, periodUnit: "wk" },
} as const;
export type Frequency = keyof typeof frequencies;
const frequencyNames = Object.keys(frequencies) as [Frequency, ...Frequency[]];

export const routes = [
  "mouth",
  "tongue",
  "inhaled",
  "skin",
  "eye",
  "ear",
  "nose",
  "rectum",
  "vagina",
  "muscle",
  "vein",
  "under-skin",
] as const;

const id = z.string().regex(/^[A-Za-z0-9.-]{1,64}$/);
const instant = z.string().openapi({ example: "2026-11-22T10:00:00.000Z" });
/** Pages show three places: a fourth would be rounded away unseen. */
const amount = z.number().min(0.001).max(100_000).refine(isShown, "At most three places after the point.");
const dose = z.strictObject({ value: amount, unit: z.enum(unitNames) });
const person = z.object({ id: z.string(), name: z.string() });

export const newPrescriptionSchema = z
  .strictObject({
    key: z.uuid().openapi({ description: "Made by the page: sent again, it is the same prescription and not a second one" }),
    medicine: z.string().trim().min(2).max(200).openapi({ description: "Name, strength and form" }),
    dose,
    frequency: z.enum(frequencyNames),
    asNeeded: z.boolean(),
    route: z.enum(routes),
    days: z.int().min(1).max(365).optional().openapi({ description: "For how many days; absent for a single dose" }),
    note: z.string().trim().max(1_000),
    words: z
      .strictObject({
        language: z.string().regex(/^[A-Za-z]{2,8}(-[A-Za-z0-9]{1,8})*$/),
        text: z.string().trim().min(1).max(500),
      })
      .optional()
      .openapi({
        description: "How to take it, as the patient reads it: the same in their language, as far as the page has that",
      }),
  })
  .refine(({ frequency, days }) => (frequency === "once") === (days === undefined), {
    path: ["days"],
    message: "A single dose has no days, and everything else says for how many.",
  })
  .openapi("NewPrescription");
export type NewPrescription = z.output<typeof newPrescriptionSchema>;

/** Whether a number is shown as it is. */
export function isShown(value: number): boolean {
  return Number(value.toFixed(3)) === value;
}

/** `draft`: written elsewhere, and nobody asked for a review; `waiting` for a pharmacist, `returned` by one, `accepted` (or written elsewhere and active), `ended`. */
export const prescriptionSchema = z
  .object({
    id: z.string(),
    version: z.int().openapi({ description: "What a review names, so that nobody decides on what they did not see" }),
    state: z.enum(["draft", "waiting", "returned", "accepted", "ended"]),
    medicine: z.string(),
    dose: dose.optional(),
    frequency: z.enum(frequencyNames).optional(),
    asNeeded: z.boolean(),
    route: z.enum(routes).optional(),
    days: z.number().optional(),
    note: z.string(),
    text: z.string().openapi({ description: "What another system says of the dose in words; empty where this station wrote it" }),
    at: instant.optional(),
    by: person.optional(),
    review: z.object({ at: instant, by: person.optional(), reason: z.string() }).optional(),
  })
  .openapi("Prescription");
export type Prescription = z.output<typeof prescriptionSchema>;

export const prescriptionsSchema = z.object({ prescriptions: z.array(prescriptionSchema) });

export const reviewsSchema = z.object({
  waiting: z.array(
    z
      .object({
        prescription: prescriptionSchema,
        caseNumber: z.string(),
        patient: z.object({
          name: z.string(),
          birthYear: z.int().optional(),
          gender: z.string().optional(),
          language: z.string(),
        }),
        said: z
          .object({ allergies: z.string(), medicines: z.string() })
          .openapi({ description: "In the patient's words and language" }),
        recorded: z
          .object({ allergies: z.array(z.string()), medicines: z.array(z.string()), problems: z.array(z.string()) })
          .openapi({ description: "What the record holds as current" }),
      })
      .openapi("PrescriptionReview"),
  ),
});
export type Reviews = z.output<typeof reviewsSchema>;

export const decisionSchema = z
  .discriminatedUnion("decision", [
    z.strictObject({ decision: z.literal("accept"), version: z.int() }),
    z.strictObject({ decision: z.literal("return"), version: z.int(), reason: z.string().trim().min(10).max(1_000) }),
  ])
  .openapi("ReviewDecision");
export type ReviewDecision = z.output<typeof decisionSchema>;

export const caseParams = z.object({ id });
export const prescriptionParams = z.object({ id, prescription: id });
