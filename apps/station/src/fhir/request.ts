import { isObject, type JsonObject, parseAnswer, parseJson, type ServedType } from "@yizhan/records";
import type { Context } from "hono";
import type { StationEnv } from "../http/env.ts";
import type { Held } from "./conditional.ts";
import { servedType } from "./interactions.ts";
import { FhirError } from "./outcome.ts";

export type FhirContext = Context<StationEnv>;

export const queryOf = (context: FhirContext): URLSearchParams => new URL(context.req.url).searchParams;

/** Throws 400 where an interaction that has no parameters is given some. */
export function noParameters(context: FhirContext): void {
  const { shape } = parseAnswer(undefined, queryOf(context));
  if (shape !== undefined) throw new FhirError(400, "not-supported", "_summary and _elements are for what is read.");
}

/** Type, search and `If-Match` of a conditional write. */
export function condition(context: Context<StationEnv, "/:type">): [ServedType, string, string | undefined] {
  const query = new URL(context.req.url).search.replace(/^\?/, "");
  return [servedType(context.req.param("type")), query, context.req.header("if-match")];
}

export function held(context: FhirContext): Held {
  return { ifNoneMatch: context.req.header("if-none-match"), ifModifiedSince: context.req.header("if-modified-since") };
}

/** What the client would rather have, from `Prefer`. Source: FHIR R4, 3.1.0.1.7 and 3.1.1.2. */
export interface Preference {
  readonly answer: "minimal" | "representation" | "OperationOutcome";
  readonly lenient: boolean;
}

export function preference(header: string | undefined): Preference {
  const wishes = (header ?? "").split(/[,;]/).map((one) => one.trim());
  const answer = wishes.includes("return=minimal")
    ? "minimal"
    : wishes.includes("return=OperationOutcome")
      ? "OperationOutcome"
      : "representation";
  return { answer, lenient: wishes.includes("handling=lenient") };
}

export function isJson(contentType: string): boolean {
  return /^application\/(fhir\+json|json)\s*(;|$)/.test(contentType);
}

export async function jsonBody(context: FhirContext): Promise<unknown> {
  if (!isJson(context.req.header("content-type") ?? "")) {
    throw new FhirError(415, "not-supported", "The body must be application/fhir+json.");
  }
  return parsed(await context.req.text());
}

/** The body of an operation that may be asked without one. */
export async function optionalBody(context: FhirContext): Promise<unknown> {
  const text = await context.req.text();
  if (text === "") return undefined;
  return jsonBody(context);
}

export async function patchBody(context: FhirContext): Promise<unknown> {
  if (!/^application\/json-patch\+json\b/.test(context.req.header("content-type") ?? "")) {
    throw new FhirError(415, "not-supported", "PATCH takes application/json-patch+json.");
  }
  return parsed(await context.req.text());
}

function parsed(text: string): unknown {
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new FhirError(400, "structure", "The body is not JSON.");
    throw error;
  }
}

/** An operation's parameters: those of the address, then the simple ones of a Parameters resource. Throws 400. */
export function operationParameters(context: FhirContext, body: unknown): URLSearchParams {
  const query = new URLSearchParams(queryOf(context));
  if (body === undefined) return query;
  if (!isObject(body) || body.resourceType !== "Parameters") throw new FhirError(400, "structure", "The body is not Parameters.");
  for (const one of Array.isArray(body.parameter) ? (body.parameter as readonly unknown[]) : []) {
    const value = isObject(one) ? simpleValue(one) : undefined;
    if (!isObject(one) || typeof one.name !== "string" || value === undefined) {
      throw new FhirError(400, "value", "A parameter has no name or no simple value.", "Parameters.parameter");
    }
    query.append(one.name, value);
  }
  return query;
}

function simpleValue(parameter: JsonObject): string | undefined {
  const [, value] = Object.entries(parameter).find(([key]) => key.startsWith("value")) ?? [];
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean" ? String(value) : undefined;
}
