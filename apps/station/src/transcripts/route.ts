import { createRoute, z } from "@hono/zod-openapi";
import { Problem } from "@yizhan/http";
import { actorName } from "../accounts/actor-name.ts";
import { accountNames } from "../accounts/names.ts";
import { note } from "../audit/note.ts";
import { tenantOf } from "../cases/service.ts";
import { callerAddress } from "../http/address.ts";
import { apiPart, json, jsonBody, problems } from "../http/openapi.ts";
import { secured } from "../http/secured.ts";
import { answered } from "../sessions/route.ts";
import type { SpeechClient } from "../sessions/speech-client.ts";
import { keep, readTranscript, stopKeeping, type TranscriptParts } from "./service.ts";

const session = z.object({ id: z.string().min(1).max(200) });
const tag = z.string().regex(/^[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8})*$/, "a BCP 47 tag");

const keptSchema = z
  .discriminatedUnion("kept", [
    z.object({ kept: z.literal(false) }),
    z.object({ kept: z.literal(true), caseNumber: z.string(), since: z.string() }),
  ])
  .openapi("KeptConversation");

const lineSchema = z
  .object({
    at: z.string(),
    speaker: z.string(),
    language: z.string(),
    text: z.string(),
    heard: z.string().optional().openapi({ description: "What the machine heard, where a person corrected it" }),
    correctedBy: z.string().optional(),
    translations: z.array(z.object({ language: z.string(), text: z.string() })).openapi({ description: "By machine" }),
  })
  .openapi("TranscriptLine");

const stateRoute = createRoute({
  ...secured("session.keep"),
  method: "get",
  path: "/sessions/{id}/transcript",
  summary: "Whether a conversation is being written into a record",
  request: { params: session },
  responses: { 200: json(keptSchema, "How it stands"), ...problems(401, 403) },
});

const keepRoute = createRoute({
  ...secured("session.keep"),
  method: "post",
  path: "/sessions/{id}/transcript",
  summary: "Write a conversation into the record of an open case, from now on, as the patient agreed",
  request: {
    params: session,
    body: jsonBody(
      z.strictObject({
        caseNumber: z.string().min(1).max(40),
        consent: z.strictObject({
          agreed: z.literal(true),
          language: tag.openapi({ description: "In which the patient was asked" }),
          given: z.enum(["patient", "representative"]),
        }),
      }),
    ),
  },
  responses: { 201: json(keptSchema, "It is kept from now on"), ...problems(400, 401, 403, 404, 409, 503) },
});

const stopRoute = createRoute({
  ...secured("session.keep"),
  method: "post",
  path: "/sessions/{id}/transcript/stop",
  summary: "End it; with `erase` what was kept goes as well and the consent no longer stands",
  request: { params: session, body: jsonBody(z.strictObject({ erase: z.boolean() })) },
  responses: { 200: json(keptSchema, "How it stands"), ...problems(400, 401, 403, 404) },
});

const correctRoute = createRoute({
  ...secured("session.correct"),
  method: "post",
  path: "/sessions/{id}/lines/{segment}",
  summary: "Say what was really said; shown beside what was heard, and translated anew",
  request: {
    params: session.extend({ segment: z.string().min(1).max(200) }),
    body: jsonBody(z.strictObject({ text: z.string().trim().min(1).max(2_000) })),
  },
  responses: { 204: { description: "Corrected" }, ...problems(400, 401, 403, 404, 503) },
});

const readRoute = createRoute({
  ...secured("case.read"),
  method: "get",
  path: "/cases/{id}/transcript",
  summary: "What was said in a case's visits, as far as the patient agreed that it is kept",
  request: { params: session },
  responses: { 200: json(z.object({ lines: z.array(lineSchema) }), "The lines"), ...problems(401, 403, 404) },
});

/** What is kept of conversations: by consent, in the patient's record, with people's corrections. */
export function transcripts(parts: TranscriptParts, speech: SpeechClient | undefined) {
  const { store, keeper, guard } = parts;
  const state = (id: string, tenant: string): z.output<typeof keptSchema> => {
    const kept = keeper.of(id);
    return kept === undefined || kept.tenant !== tenant
      ? { kept: false }
      : { kept: true, caseNumber: kept.caseNumber, since: new Date(kept.since).toISOString() };
  };
  function service(): SpeechClient {
    if (speech === undefined) throw new Problem(503, "unavailable", { remedy: "This station has no speech service." });
    return speech;
  }
  return apiPart()
    .openapi(stateRoute, (context) => context.json(state(context.req.valid("param").id, tenantOf(context.get("actor"))), 200))
    .openapi(keepRoute, async (context) => {
      service();
      const { id } = context.req.valid("param");
      const { caseNumber, consent } = context.req.valid("json");
      const actor = context.get("actor");
      try {
        await keep(parts, actor, id, { caseNumber, language: consent.language, given: consent.given });
      } catch (error) {
        if (error instanceof Problem && error.status === 404)
          await guard.check(actor, callerAddress(context), "lookup.missed", "case-number");
        throw error;
      }
      return context.json(state(id, tenantOf(actor)), 201);
    })
    .openapi(stopRoute, async (context) => {
      const { id } = context.req.valid("param");
      const actor = context.get("actor");
      await stopKeeping(parts, actor, id, context.req.valid("json").erase);
      return context.json(state(id, tenantOf(actor)), 200);
    })
    .openapi(correctRoute, async (context) => {
      const { id, segment } = context.req.valid("param");
      const actor = context.get("actor");
      await store.transaction(
        async (tx) => {
          const names = actor.kind === "staff" ? await accountNames(tx.accounts) : undefined;
          const by = (actor.kind === "staff" ? names?.get(actor.accountId) : undefined) ?? actorName(actor);
          await answered(() => service().correct(id, segment, { text: context.req.valid("json").text, by }));
          await note(store, tx, { action: "session.correct", actor: actorName(actor) });
        },
        { tenant: tenantOf(actor) },
      );
      return context.body(null, 204);
    })
    .openapi(readRoute, async (context) => {
      const lines = await readTranscript(parts, context.get("actor"), context.req.valid("param").id);
      return context.json({ lines }, 200);
    });
}
