import type { Actor } from "@yizhan/access";
import type { Store } from "@yizhan/store";
import { openTestStore } from "@yizhan/store/testing";
import { Hono } from "hono";
import { fhirRoutes } from "../fhir/routes.ts";
import type { StationEnv } from "../http/env.ts";

export const fhirBase = "http://station.test/fhir";
export const application: Extract<Actor, { kind: "application" }> = {
  kind: "application",
  tokenId: "t",
  role: "application",
  tenant: "mz",
  scopes: [{ context: "system", type: "*", may: "cruds" }],
};

export interface FhirAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** As it was sent. */
  readonly text: string;
  // A test reads what it expects to be there.
  readonly body: { [key: string]: unknown };
}

export type FhirCall = (
  method: string,
  path: string,
  body?: unknown,
  headers?: Record<string, string>,
  actor?: Actor,
) => Promise<FhirAnswer>;

/** The FHIR API over a store of its own, asked as an application with every right unless another actor is named. */
export async function openTestFhir(): Promise<{
  store: Store;
  call: FhirCall;
  unforeseen: unknown[];
  close: () => Promise<void>;
}> {
  const store = await openTestStore();
  const unforeseen: unknown[] = [];
  const routes = fhirRoutes({ store, base: fhirBase, version: "0.1.0", report: (error) => unforeseen.push(error) });
  const apps = new Map<Actor, Hono<StationEnv>>();
  function appOf(actor: Actor): Hono<StationEnv> {
    const known = apps.get(actor);
    if (known !== undefined) return known;
    const app = new Hono<StationEnv>();
    app.use(async function setActor(context, next) {
      context.set("actor", actor);
      await next();
    });
    app.route("/fhir", routes);
    apps.set(actor, app);
    return app;
  }
  const call: FhirCall = async (method, path, body, headers = {}, actor = application) => {
    const text = typeof body === "string" ? body : JSON.stringify(body);
    const response = await appOf(actor).request(`/fhir${path}`, {
      method,
      headers: { ...(body === undefined ? {} : { "content-type": "application/fhir+json" }), ...headers },
      ...(body === undefined ? {} : { body: text }),
    });
    const said = await response.text();
    const json = /json/.test(response.headers.get("content-type") ?? "") && said !== "";
    return {
      status: response.status,
      headers: response.headers,
      text: said,
      body: json ? (JSON.parse(said) as FhirAnswer["body"]) : {},
    };
  };
  return { store, call, unforeseen, close: () => store.close() };
}

export const patient = (text: string, extra: object = {}) => ({ resourceType: "Patient", name: [{ text }], ...extra });
export const condition = (reference: string, text: string) => ({
  resourceType: "Condition",
  subject: { reference },
  code: { text },
});
export const entries = (answer: FhirAnswer) =>
  (answer.body.entry ?? []) as {
    fullUrl?: string;
    resource?: { id: string; resourceType: string; [key: string]: unknown };
    response?: { status: string; etag?: string };
    request?: { method: string; url: string };
    search?: { mode: string };
  }[];
export const issue = (answer: FhirAnswer) =>
  (answer.body.issue as { code: string; severity: string; details: { text: string }; expression?: string[] }[] | undefined)?.[0];
export const linkOf = (answer: FhirAnswer, relation: string): string | undefined =>
  (answer.body.link as { relation: string; url: string }[] | undefined)
    ?.find((link) => link.relation === relation)
    ?.url.slice(fhirBase.length);
