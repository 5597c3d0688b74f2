import { createRoute, z } from "@hono/zod-openapi";
import { parseAccessCode, parseCaseNumber } from "@yizhan/access";
import { Problem } from "@yizhan/http";
import type { Store } from "@yizhan/store";
import { charge, refund } from "../accounts/throttle.ts";
import { note } from "../audit/note.ts";
import type { Guard } from "../guard/guard.ts";
import { callerAddress } from "../http/address.ts";
import { apiPart, json, jsonBody, problems } from "../http/openapi.ts";
import { secured } from "../http/secured.ts";
import { caseCharges } from "../patients/sign-in.ts";
import { caseStatusSchema } from "./schema.ts";

const route = createRoute({
  ...secured("public"),
  method: "post",
  path: "/cases/status",
  summary: "How a case stands, for who has its number and code",
  request: {
    body: jsonBody(z.strictObject({ caseNumber: z.string().min(1).max(40), accessCode: z.string().min(1).max(40) })),
  },
  responses: { 200: json(caseStatusSchema, "The case"), ...problems(400, 404, 429) },
});

/**
 * The patient's side: number and code together, which this does not spend. A number that does not exist and a
 * wrong code are the same answer. Ten wrong codes close a number, fifty an address, for a quarter of an hour:
 * at that rate a code of 10⁸ takes a century to guess.
 */
export function caseStatus(store: Store, country: string, guard: Guard) {
  return apiPart().openapi(route, async (context) => {
    const address = callerAddress(context);
    await guard.admit(address);
    const typed = context.req.valid("json");
    const caseNumber = parseCaseNumber(typed.caseNumber, country);
    const accessCode = parseAccessCode(typed.accessCode);
    const charges = caseCharges(address, caseNumber);
    const waitMs = await charge(store, charges);
    if (waitMs > 0) {
      context.header("retry-after", String(Math.ceil(waitMs / 1000)));
      throw new Problem(429, "too-many");
    }
    const found =
      caseNumber === undefined || accessCode === undefined
        ? undefined
        : await store.transaction(async (tx) => {
            const one = await tx.cases.byAccess(caseNumber, accessCode);
            if (one !== undefined) {
              await note(store, tx, { action: "case.status", actor: "patient", patient: one.patientId });
            }
            return one;
          });
    if (found === undefined) await guard.check(context.get("actor"), address, "lookup.missed", "case-number");
    if (found === undefined) throw new Problem(404, "not-found");
    await refund(store, charges);
    return context.json({ status: found.status, openedAt: found.openedAt.toISOString(), language: found.summary.language }, 200);
  });
}
