import { z } from "@hono/zod-openapi";
import { callRoles } from "./meet.ts";

export const tag = z.string().regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/, "a BCP 47 tag");
const role = z.enum(callRoles as [(typeof callRoles)[number], ...(typeof callRoles)[number][]]);

export const grantSchema = z
  .object({
    url: z.string().openapi({ example: "https://meet.example.org" }),
    room: z.string().openapi({ description: "Also the conversation's id among the sessions" }),
    token: z.string().openapi({ description: "For this room alone" }),
    until: z.string().openapi({ description: "Until when the token opens the room; who is in it stays" }),
    iceServers: z.array(
      z.object({ targetType: z.enum(["turn", "turns"]), urls: z.string(), username: z.string(), credential: z.string() }),
    ),
  })
  .openapi("CallGrant");

export const stateSchema = z
  .object({
    available: z.boolean().openapi({ description: "False where this station has no calls" }),
    call: z.object({ room: z.string(), startedAt: z.string() }).optional().openapi({ description: "The call that goes on" }),
    patient: z.enum(["away", "waiting", "in-call"]),
    people: z.array(z.object({ role, language: z.string() })).openapi({ description: "Who is in the call" }),
  })
  .openapi("CaseCall");

export const ownStateSchema = z
  .object({
    available: z.boolean(),
    captions: z.boolean().openapi({ description: "Whether what is said can be read" }),
    state: z.enum(["waiting", "ready", "closed"]).openapi({ description: "`ready`: the room is open; `closed`: the case is" }),
    people: z.array(role).openapi({ description: "Who is in the call" }),
  })
  .openapi("OwnCall");

export const joinedSchema = z.strictObject({
  participant: z
    .string()
    .regex(/^[\w-]{1,64}$/)
    .openapi({ description: "As the Jitsi names them" }),
  language: tag.openapi({ description: "What they speak and read" }),
});
export const leftSchema = joinedSchema.pick({ participant: true });

/** One line for the patient's page. */
export const captionSchema = z
  .object({
    id: z.string(),
    own: z.boolean().openapi({ description: "Their own words" }),
    text: z.string(),
    language: z.string(),
    final: z.boolean(),
    /** What was said, where the translation may be wrong. */
    source: z.object({ text: z.string(), language: z.string() }).optional(),
  })
  .openapi("OwnCaption");
export type OwnCaption = z.output<typeof captionSchema>;
