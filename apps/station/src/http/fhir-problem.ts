import { asFhirError, operationOutcome } from "../fhir/outcome.ts";

/** What the middleware before `/fhir` refused, as an OperationOutcome; `undefined` for what nobody foresaw. */
export function fhirProblem(error: unknown): Response | undefined {
  const known = asFhirError(error);
  if (known === undefined) return undefined;
  return new Response(JSON.stringify(operationOutcome(known.issues)), {
    status: known.status,
    headers: { "content-type": "application/fhir+json; charset=utf-8", "cache-control": "no-store" },
  });
}
