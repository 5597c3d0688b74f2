import { type JsonObject, jsonText, parseJson, type ServedType } from "@yizhan/records";
import { fileOf, type Repositories, type Store, type Transaction } from "@yizhan/store";
import { type Context, Hono } from "hono";
import type { StationEnv } from "../http/env.ts";
import { type Access, openAccess } from "./access.ts";
import { createBinary, jsonBinary, rawBinary } from "./binary.ts";
import { wantsFhir } from "./binary-file.ts";
import { batch, bundleEntries, conditions, transaction } from "./bundle.ts";
import { capabilityStatement } from "./capability.ts";
import { type Held, notModified, patchWhere, removeWhere, updateWhere } from "./conditional.ts";
import { create, type Outcome, patch, read, remove, servedType, update, vread, type Work } from "./interactions.ts";
import { history } from "./history.ts";
import { etag, httpDate, jsonType, versionAddress } from "./links.ts";
import { everything, everythingBundle, summary, validateOperation } from "./operations.ts";
import { asFhirError, FhirError, operationOutcome } from "./outcome.ts";
import { formParameters, search } from "./search.ts";

export interface FhirRoutesOptions {
  readonly store: Store;
  /** The address the routes are mounted at, as clients see it, without a slash at its end. */
  readonly base: string;
  /** Of this software. */
  readonly version: string;
  /** Accounts that broke the glass for a case. */
  readonly brokenBy?: (caseId: string) => readonly string[];
  /** Called with errors that nobody foresaw; the client gets a 500 without details. */
  readonly report?: (error: unknown) => void;
}

type FhirContext = Context<StationEnv>;

/** The FHIR R4 API. Mount it behind the middleware that sets `actor`. */
export function fhirRoutes(options: FhirRoutesOptions): Hono<StationEnv> {
  const { store, base, version, brokenBy } = options;
  const app = new Hono<StationEnv>();

  function accessOf(
    context: FhirContext,
    repositories?: Repositories,
    append?: Parameters<typeof openAccess>[0]["append"],
  ): Access {
    const actor = context.get("actor");
    return openAccess({
      store,
      actor,
      brokenBy,
      repositories: repositories ?? store.direct(actor.kind === "anonymous" ? undefined : actor.tenant),
      append: append ?? ((entries) => store.audit.append(entries)),
    });
  }
  function workOf(context: FhirContext): Work {
    const access = accessOf(context);
    return { access, repositories: store.direct(access.actor.tenant) };
  }

  /** One transaction; refusals stay in the audit log although it is rolled back. */
  async function inTransaction<T>(context: FhirContext, locks: readonly string[], run: (work: Work) => Promise<T>): Promise<T> {
    const { tenant } = accessOf(context).actor;
    const refused: Uint8Array[] = [];
    try {
      return await store.transaction(
        async (tx: Transaction) => {
          for (const name of locks) await tx.lock(name);
          const access = accessOf(context, tx, async (entries, outcome) => {
            if (outcome === "refused") refused.push(...entries);
            for (const entry of entries) tx.audit.append(entry);
          });
          return run({ access, repositories: tx });
        },
        { tenant },
      );
    } catch (error) {
      await store.audit.append(refused);
      throw error;
    }
  }

  app.use(async function refuseOtherFormats(context, next) {
    const wanted = context.req.query("_format") ?? context.req.header("accept") ?? "*/*";
    // The content of a Binary is of any type.
    if (context.req.path.startsWith("/fhir/Binary/")) return next();
    if (!/json|\*\/\*|application\/\*/.test(wanted))
      throw new FhirError(406, "not-supported", "Only application/fhir+json is served.");
    await next();
  });

  app.get("/metadata", (context) => answerJson(context, 200, capabilityStatement(base, version)));

  app.post("/", async (context) => {
    const { type, entries } = bundleEntries(await jsonBody(context));
    const result =
      type === "batch"
        ? await batch(
            (locks, run) => (locks.length === 0 ? run(workOf(context)) : inTransaction(context, locks, run)),
            base,
            entries,
          )
        : await inTransaction(context, conditions(entries), (work) => transaction(work, base, entries));
    return answerJson(context, 200, result);
  });

  app.post("/$validate", async (context) => {
    accessOf(context);
    return answerJson(context, 200, validateOperation(await jsonBody(context), undefined));
  });
  app.post("/:type/$validate", async (context) => {
    accessOf(context);
    return answerJson(context, 200, validateOperation(await jsonBody(context), servedType(context.req.param("type"))));
  });
  app.get("/Patient/:id/$everything", async (context) =>
    answerJson(context, 200, everythingBundle(base, await everything(workOf(context), context.req.param("id")))),
  );
  app.on(["GET", "POST"], "/Patient/:id/$summary", async (context) =>
    answerJson(context, 200, await summary(workOf(context), base, context.req.param("id"), new Date())),
  );

  app.post("/:type/_search", async (context) => {
    const query = await formParameters({ header: (name) => context.req.header(name), text: () => context.req.text() });
    return answerJson(context, 200, await search(workOf(context), base, servedType(context.req.param("type")), query));
  });
  app.get("/:type", async (context) => {
    const query = new URL(context.req.url).searchParams;
    return answerJson(context, 200, await search(workOf(context), base, servedType(context.req.param("type")), query));
  });
  app.post("/:type", async (context) => {
    const type = servedType(context.req.param("type"));
    const condition = context.req.header("if-none-exist");
    const contentType = context.req.header("content-type") ?? "";
    if (type === "Binary" && !isJson(contentType)) {
      const raw = { contentType, securityContext: context.req.header("x-security-context"), body: context.req.raw.body };
      return answerOutcome(context, base, await createBinary(store, workOf(context), raw));
    }
    const body = await jsonBody(context);
    const outcome =
      condition === undefined
        ? await create(workOf(context), type, body)
        : await inTransaction(context, [`${type}?${condition}`], (work) => create(work, type, body, condition));
    return answerOutcome(context, base, outcome);
  });

  app.put("/:type", async (context) => {
    const [type, query, ifMatch] = condition(context);
    const body = await jsonBody(context);
    const work = (one: Work) => updateWhere(one, type, query, body, ifMatch);
    return answerOutcome(context, base, await inTransaction(context, [`${type}?${query}`], work));
  });
  app.patch("/:type", async (context) => {
    const [type, query, ifMatch] = condition(context);
    const body = await patchBody(context);
    const work = (one: Work) => patchWhere(one, type, query, body, ifMatch);
    return answerOutcome(context, base, await inTransaction(context, [`${type}?${query}`], work));
  });
  app.delete("/:type", async (context) => {
    const [type, query, ifMatch] = condition(context);
    const work = (one: Work) => removeWhere(one, type, query, ifMatch);
    return answerOutcome(context, base, await inTransaction(context, [`${type}?${query}`], work));
  });

  app.get("/Binary/:id", async (context) => {
    const work = workOf(context);
    const outcome = await read(work, "Binary", context.req.param("id"));
    const { tenant } = work.repositories;
    const { version } = outcome;
    if (version !== undefined && !wantsFhir(context.req.query("_format") ?? context.req.header("accept")))
      return rawBinary(store, tenant, version, context.req.header("range"));
    if (version !== undefined && fileOf(version.resource as unknown as JsonObject) !== undefined)
      return jsonBinary(store, tenant, version);
    return answerOutcome(context, base, outcome);
  });
  app.get("/:type/:id", async (context) => answerOutcome(context, base, await read(workOf(context), ...place(context))));
  app.get("/:type/:id/_history", async (context) =>
    answerJson(context, 200, await history(workOf(context), base, ...place(context))),
  );
  app.get("/:type/:id/_history/:vid", async (context) =>
    answerOutcome(context, base, await vread(workOf(context), ...place(context), context.req.param("vid"))),
  );
  app.put("/:type/:id", async (context) => {
    const body = await jsonBody(context);
    const ifMatch = context.req.header("if-match");
    const outcome = await inTransaction(context, [], (work) => update(work, ...place(context), body, ifMatch));
    return answerOutcome(context, base, outcome);
  });
  app.patch("/:type/:id", async (context) => {
    const body = await patchBody(context);
    const ifMatch = context.req.header("if-match");
    const outcome = await inTransaction(context, [], (work) => patch(work, ...place(context), body, ifMatch));
    return answerOutcome(context, base, outcome);
  });
  app.delete("/:type/:id", async (context) =>
    answerOutcome(
      context,
      base,
      await inTransaction(context, [], (work) => remove(work, ...place(context), context.req.header("if-match"))),
    ),
  );

  app.all("*", () => {
    throw new FhirError(404, "not-supported", "This is not served; see /fhir/metadata.");
  });
  app.onError((error, context) => {
    const known = asFhirError(error);
    if (known === undefined || known.status === 500) options.report?.(error);
    const answer = known ?? new FhirError(500, "exception", "The request failed. The log has its number.");
    return answerJson(context, answer.status, operationOutcome(answer.issues));
  });
  return app;
}

function place(context: Context<StationEnv, "/:type/:id">): [ServedType, string] {
  return [servedType(context.req.param("type")), context.req.param("id")];
}

/** Type, search and `If-Match` of a conditional write. */
function condition(context: Context<StationEnv, "/:type">): [ServedType, string, string | undefined] {
  const query = new URL(context.req.url).search.replace(/^\?/, "");
  return [servedType(context.req.param("type")), query, context.req.header("if-match")];
}

async function patchBody(context: FhirContext): Promise<unknown> {
  if (!(context.req.header("content-type") ?? "").startsWith("application/json-patch+json")) {
    throw new FhirError(415, "not-supported", "PATCH takes application/json-patch+json.");
  }
  return jsonBody(context);
}

function held(context: FhirContext): Held {
  return { ifNoneMatch: context.req.header("if-none-match"), ifModifiedSince: context.req.header("if-modified-since") };
}

function isJson(contentType: string): boolean {
  return /^application\/(fhir\+json|json|json-patch\+json)\b/.test(contentType);
}

async function jsonBody(context: FhirContext): Promise<unknown> {
  const type = context.req.header("content-type") ?? "";
  if (!isJson(type)) {
    throw new FhirError(415, "not-supported", "The body must be application/fhir+json.");
  }
  const text = await context.req.text();
  try {
    return parseJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) throw new FhirError(400, "structure", "The body is not JSON.");
    throw error;
  }
}

/** A body put together from resources says their numbers as they were sent. */
function answerJson(context: Context, status: FhirError["status"] | 200, body: object): Response {
  const sent = body instanceof Uint8Array ? new Uint8Array(body) : jsonText(body, { composed: true });
  return context.body(sent, status, { "content-type": jsonType, "cache-control": "no-store" });
}

/** One resource with its version in the headers; its stored text goes out as it is. */
function answerOutcome(context: FhirContext, base: string, { status, version }: Outcome): Response {
  if (version === undefined || status === 204 || status === 304) return context.body(null, 204);
  const headers: Record<string, string> = {
    "content-type": jsonType,
    "cache-control": "no-store",
    etag: etag(version),
    "last-modified": httpDate(version.updatedAt),
  };
  if (context.req.method !== "GET") headers.location = versionAddress(base, version);
  if (context.req.method === "GET" && notModified(version, held(context))) return context.body(null, 304, headers);
  const prefer = context.req.header("prefer") ?? "";
  if (context.req.method !== "GET" && prefer.includes("return=minimal")) return context.body(null, status, headers);
  if (context.req.method !== "GET" && prefer.includes("return=OperationOutcome")) {
    return context.body(JSON.stringify(operationOutcome([])), status, headers);
  }
  return context.body(new Uint8Array(version.bytes), status, headers);
}
