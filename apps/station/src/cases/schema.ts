import { z } from "@hono/zod-openapi";

export const status = z.enum(["open", "closed"]);
export const outcomes = ["resolved", "referred", "no-show", "other"] as const;
export type Outcome = (typeof outcomes)[number];
const instant = z.string().openapi({ example: "2026-11-22T10:00:00.000Z" });

export const caseRowSchema = z
  .object({
    id: z.string(),
    caseNumber: z.string(),
    status,
    openedAt: instant,
    closedAt: instant.optional(),
    language: z.string(),
    name: z.string(),
    pain: z.number().int(),
    complaint: z.string().openapi({ description: "Its first 140 characters" }),
    assignment: z
      .enum(["waiting", "mine", "other"])
      .openapi({ description: "Whether the case waits for a clinician, was given to the one who asks, or to another" }),
    assignee: z.object({ id: z.string(), name: z.string() }).optional().openapi({ description: "Whom it was given to" }),
    inCall: z.enum(["waiting", "in-call"]).optional().openapi({ description: "The patient waits for a call, or is in it" }),
    prescription: z
      .enum(["waiting", "returned"])
      .optional()
      .openapi({ description: "A prescription waits for a pharmacist, or came back from one" }),
    locked: z
      .literal(true)
      .optional()
      .openapi({ description: "It is a colleague's: name and complaint are left out, and only breaking the glass opens it" }),
  })
  .openapi("CaseRow");
export type CaseRow = z.output<typeof caseRowSchema>;

export const caseListSchema = z.object({ cases: z.array(caseRowSchema), next: z.string().optional() }).openapi("CaseList");

export const caseSchema = z
  .object({
    case: caseRowSchema,
    patient: z.object({
      name: z.string(),
      birthYear: z.number().int().optional(),
      gender: z.string().optional(),
      phone: z.string().optional(),
      language: z.string(),
      interpreterNeeded: z.boolean().optional(),
    }),
    intake: z.object({
      complaint: z.string(),
      since: z.string(),
      pain: z.number().int(),
      allergies: z.string(),
      medicines: z.string(),
    }),
    consent: z.object({ version: z.string(), language: z.string(), at: instant, withdrawn: z.boolean() }),
    resources: z.object({
      patient: z.string(),
      consent: z.string(),
      questionnaireResponse: z.string(),
      serviceRequest: z.string(),
    }),
  })
  .openapi("Case");
export type CaseView = z.output<typeof caseSchema>;

export const closeSchema = z
  .strictObject({ outcome: z.enum(outcomes), note: z.string().max(4_000).optional() })
  .openapi("CloseCase");

export const caseStatusSchema = z.object({ status, openedAt: instant, language: z.string() }).openapi("CaseStatus");
