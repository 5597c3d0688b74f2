import { parseAnswer, type ServedType, type Shape } from "@yizhan/records";
import type { Repositories, Store, Transaction } from "@yizhan/store";
import { type Context, Hono } from "hono";
import type { StationEnv } from "../http/env.ts";
import { type Access, openAccess } from "./access.ts";
import { answerJson, answerOutcome, isFile, isRead } from "./answer.ts";
import { createBinary, jsonBinary, type RawContent, rawBinary, updateBinary } from "./binary.ts";
import { wantsFhir } from "./binary-file.ts";
import { batch, transaction } from "./bundle.ts";
import { bundleEntries, conditions } from "./bundle-entry.ts";
import { capabilityStatement } from "./capability.ts";
import { notModified, patchWhere, removeWhere, updateWhere } from "./conditional.ts";
import { everythingPage } from "./everything.ts";
import { history } from "./history.ts";
import { create, type Outcome, patch, read, remove, servedType, update, vread, type Work } from "./interactions.ts";
import { methodsOf } from "./methods.ts";
import { summary, validateOperation } from "./operations.ts";
import { asFhirError, FhirError, operationOutcome } from "./outcome.ts";
import {
  condition,
  type FhirContext,
  held,
  isJson,
  jsonBody,
  noParameters,
  operationParameters,
  optionalBody,
  patchBody,
  preference,
  queryOf,
} from "./request.ts";
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
    const path = below(context.req.path);
    const binary = path.startsWith("Binary/") && context.req.query("_format") === undefined;
    // The content of a Binary is of any type.
    if (!binary && !/\bjson\b|\*\/\*|application\/\*/.test(wanted))
      throw new FhirError(406, "not-supported", "Only application/fhir+json is served.");
    const methods = methodsOf(path);
    if (methods === undefined) throw new FhirError(404, "not-supported", "This is not served; see /fhir/metadata.");
    if (methods.includes(context.req.method) && context.req.method !== "OPTIONS") return next();
    context.header("allow", methods.join(", "));
    if (context.req.method === "OPTIONS") return context.body(null, 204);
    const refused = new FhirError(405, "not-supported", `This address takes ${methods.join(", ")}.`);
    return answerJson(context, refused.status, operationOutcome(refused.issues));
  });

  app.get("/metadata", (context) => answerJson(context, 200, capabilityStatement(base, version)));

  const processBundle = async (context: FhirContext) => {
    noParameters(context);
    const { type, entries } = bundleEntries(await jsonBody(context));
    const wish = preference(context.req.header("prefer"));
    const result =
      type === "batch"
        ? await batch(
            (locks, run) => (locks.length === 0 ? run(workOf(context)) : inTransaction(context, locks, run)),
            { base, wish },
            entries,
          )
        : await inTransaction(context, conditions(entries), (work) => transaction(work, { base, wish }, entries));
    return answerJson(context, 200, result);
  };
  app.post("/", processBundle);

  app.post("/$validate", async (context) =>
    answerJson(context, 200, await validateOperation(workOf(context), queryOf(context), await jsonBody(context), {})),
  );
  app.post("/:type/$validate", async (context) => {
    const type = servedType(context.req.param("type"));
    return answerJson(
      context,
      200,
      await validateOperation(workOf(context), queryOf(context), await jsonBody(context), { type }),
    );
  });
  app.post("/:type/:id/$validate", async (context) => {
    const [type, id] = place(context);
    const body = await optionalBody(context);
    return answerJson(context, 200, await validateOperation(workOf(context), queryOf(context), body, { type, id }));
  });
  app.on(["GET", "POST"], "/Patient/:id/$everything", async (context) => {
    const query = operationParameters(context, isRead(context) ? undefined : await optionalBody(context));
    return answerJson(context, 200, await everythingPage(workOf(context), base, context.req.param("id"), query));
  });
  app.on(["GET", "POST"], "/Patient/:id/$summary", async (context) => {
    noParameters(context);
    return answerJson(context, 200, await summary(workOf(context), base, context.req.param("id"), new Date()));
  });

  app.post("/:type/_search", async (context) => {
    const query = await formParameters({ header: (name) => context.req.header(name), text: () => context.req.text() });
    // A form may come with parameters in the address too. Source: FHIR R4, 3.1.1.1.
    for (const [name, value] of queryOf(context)) query.append(name, value);
    const { lenient } = preference(context.req.header("prefer"));
    return answerJson(context, 200, await search(workOf(context), base, servedType(context.req.param("type")), query, lenient));
  });
  app.get("/_history", async (context) => answerJson(context, 200, await history(workOf(context), base, {}, queryOf(context))));
  app.get("/:type/_history", async (context) => {
    const type = servedType(context.req.param("type"));
    return answerJson(context, 200, await history(workOf(context), base, { type }, queryOf(context)));
  });
  app.get("/:type", async (context) => {
    const { lenient } = preference(context.req.header("prefer"));
    const type = servedType(context.req.param("type"));
    return answerJson(context, 200, await search(workOf(context), base, type, queryOf(context), lenient));
  });
  app.post("/:type", async (context) => {
    noParameters(context);
    const type = servedType(context.req.param("type"));
    const ifNoneExist = context.req.header("if-none-exist");
    if (type === "Binary" && !isJson(context.req.header("content-type") ?? ""))
      return answerOutcome(context, base, await createBinary(store, workOf(context), rawContent(context)));
    const body = await jsonBody(context);
    const outcome =
      ifNoneExist === undefined
        ? await create(workOf(context), type, body)
        : await inTransaction(context, [`${type}?${ifNoneExist}`], (work) => create(work, type, body, ifNoneExist));
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

  const binary = async (context: FhirContext, outcome: Outcome, shape: Shape | undefined) => {
    const { version } = outcome;
    const { tenant } = accessOf(context).actor;
    if (version === undefined || shape !== undefined) return answerOutcome(context, base, outcome, shape);
    if (notModified(version, held(context))) return answerOutcome(context, base, outcome);
    const head = context.req.method === "HEAD";
    if (!wantsFhir(context.req.query("_format") ?? context.req.header("accept")))
      return rawBinary(store, tenant, version, { range: context.req.header("range"), head });
    return isFile(version) ? jsonBinary(store, tenant, version, head) : answerOutcome(context, base, outcome);
  };
  app.get("/:type/:id", async (context) => {
    const [type, id] = place(context);
    const { shape } = parseAnswer(type, queryOf(context));
    const outcome = await read(workOf(context), type, id);
    return type === "Binary" ? binary(context, outcome, shape) : answerOutcome(context, base, outcome, shape);
  });
  app.get("/:type/:id/_history", async (context) => {
    const [type, id] = place(context);
    return answerJson(context, 200, await history(workOf(context), base, { type, id }, queryOf(context)));
  });
  app.get("/:type/:id/_history/:vid", async (context) => {
    const [type, id] = place(context);
    const { shape } = parseAnswer(type, queryOf(context));
    const outcome = await vread(workOf(context), type, id, context.req.param("vid"));
    return type === "Binary" ? binary(context, outcome, shape) : answerOutcome(context, base, outcome, shape);
  });
  app.put("/:type/:id", async (context) => {
    noParameters(context);
    const [type, id] = place(context);
    const ifMatch = context.req.header("if-match");
    if (type === "Binary" && !isJson(context.req.header("content-type") ?? "")) {
      const content = { ...rawContent(context), id, ifMatch };
      const run = (write: (work: Work) => Promise<Outcome>) => inTransaction(context, [], write);
      return answerOutcome(context, base, await updateBinary(store, workOf(context), run, content));
    }
    const body = await jsonBody(context);
    return answerOutcome(context, base, await inTransaction(context, [], (work) => update(work, type, id, body, ifMatch)));
  });
  app.patch("/:type/:id", async (context) => {
    noParameters(context);
    const body = await patchBody(context);
    const ifMatch = context.req.header("if-match");
    const outcome = await inTransaction(context, [], (work) => patch(work, ...place(context), body, ifMatch));
    return answerOutcome(context, base, outcome);
  });
  app.delete("/:type/:id", async (context) => {
    noParameters(context);
    const ifMatch = context.req.header("if-match");
    return answerOutcome(context, base, await inTransaction(context, [], (work) => remove(work, ...place(context), ifMatch)));
  });

  // With a slash at its end, the API's own address is no other.
  app.post("/*", processBundle);
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

/** Of an address, what stands below the one that the API is mounted at. */
function below(path: string): string {
  return path.replace(/^\/fhir(\/|$)/, "");
}

function rawContent(context: FhirContext): RawContent {
  const { req } = context;
  return {
    contentType: req.header("content-type") ?? "",
    securityContext: req.header("x-security-context"),
    body: req.raw.body,
  };
}
