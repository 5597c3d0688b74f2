import { createRoute, z } from "@hono/zod-openapi";
import type { Region } from "@yizhan/region";
import type { Store } from "@yizhan/store";
import { apiPart, json, jsonBody, problems } from "../http/openapi.ts";
import { secured } from "../http/secured.ts";
import type { Tenancy } from "../tenancy.ts";
import { intakeAnswer, intakeSchema } from "./schema.ts";
import { openCase } from "./service.ts";

function route(region: Region) {
  return createRoute({
    ...secured("public"),
    method: "post",
    path: "/intake",
    summary: "A person asks for care; opens a case",
    request: {
      headers: z.object({
        "idempotency-key": z.uuid().optional().openapi({ description: "Made once by the page: a retry with it is harmless." }),
      }),
      body: jsonBody(intakeSchema(region.languages.care)),
    },
    responses: { 201: json(intakeAnswer, "The case number and the code to follow it"), ...problems(400, 413, 503) },
  });
}

/** `opened` is told of each new case, after it is safe. */
export function intake(store: Store, region: Region, at: Tenancy, opened: () => void) {
  return apiPart().openapi(route(region), async (context) => {
    const key = context.req.valid("header")["idempotency-key"];
    const answer = await openCase(store, at, context.req.valid("json"), key);
    opened();
    return context.json(answer, 201);
  });
}
