import { createRoute, z } from "@hono/zod-openapi";
import type { Region } from "@yizhan/region";
import { apiPart, json } from "../http/openapi.ts";
import { secured } from "../http/secured.ts";

const stationSchema = z
  .object({
    code: z.string().openapi({ example: "MZ" }),
    languages: z.object({ care: z.array(z.string()), staff: z.array(z.string()), fallback: z.string() }),
    emergency: z.object({ ambulance: z.string(), police: z.string(), fire: z.string().optional() }),
    captions: z.array(z.string()).openapi({ description: "Languages the speech service hears." }),
    calls: z.boolean().openapi({ description: "Whether a patient can be seen in a call" }),
    timeZones: z.array(z.string()),
  })
  .openapi("Station");

const route = createRoute({
  ...secured("public"),
  method: "get",
  path: "/station",
  summary: "What this station is: languages, emergency numbers",
  responses: { 200: json(stationSchema, "The station") },
});

export function stationInfo(region: Region, calls: boolean) {
  const { ambulance, police, fire } = region.emergency;
  const answer = {
    code: region.code,
    languages: region.languages,
    emergency: { ambulance, police, ...(fire === undefined ? {} : { fire }) },
    captions: Object.keys(region.speech.hear),
    calls,
    timeZones: region.timeZones,
  };
  return apiPart().openapi(route, (context) => context.json(answer, 200, { "cache-control": "public, max-age=60" }));
}
