import type { Actor } from "@yizhan/access";
import { servedTypes, type ServedType } from "@yizhan/records";
import type { Store } from "@yizhan/store";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import {
  application,
  condition,
  entries,
  type FhirCall,
  fhirBase as base,
  issue,
  openTestFhir,
  patient,
} from "../testing/fhir.ts";
import { minimalResources } from "../testing/minimal-resources.ts";

const clinician: Actor = { kind: "staff", accountId: "a-1", sessionId: "s-1", role: "clinician", tenant: "mz" };

let store: Store;
let call: FhirCall;
let unforeseen: unknown[];
beforeAll(async () => {
  ({ store, call, unforeseen } = await openTestFhir());
});
afterAll(() => store.close());

describe("one resource", () => {
  test("is created, read, changed against its version, patched, deleted, and keeps its history", async () => {
    const made = await call("POST", "/Patient", patient("Graça Machava"));
    expect(made.status).toBe(201);
    const id = String(made.body.id);
    expect(made.headers.get("location")).toBe(`${base}/Patient/${id}/_history/1`);
    const read = await call("GET", `/Patient/${id}`);
    expect(read.body).toEqual(made.body);
    expect((await call("GET", `/Patient/${id}`, undefined, { "if-none-match": 'W/"1"' })).status).toBe(304);

    const changed = await call("PUT", `/Patient/${id}`, { ...made.body, gender: "female" }, { "if-match": 'W/"1"' });
    expect([changed.status, changed.headers.get("etag")]).toEqual([200, 'W/"2"']);
    expect((await call("PUT", `/Patient/${id}`, made.body, { "if-match": 'W/"1"' })).status).toBe(412);
    const json = { "content-type": "application/json-patch+json" };
    const patched = await call("PATCH", `/Patient/${id}`, [{ op: "replace", path: "/gender", value: "other" }], json);
    expect([patched.status, patched.body.gender]).toEqual([200, "other"]);
    expect((await call("PATCH", `/Patient/${id}`, [{ op: "test", path: "/gender", value: "male" }], json)).status).toBe(422);
    expect((await call("PATCH", `/Patient/${id}`, [{ op: "add", path: "/gender", value: "x" }], json)).status).toBe(422);
    expect((await call("GET", `/Patient/${id}/_history/2`)).body).toEqual(changed.body);

    expect((await call("DELETE", `/Patient/${id}`)).status).toBe(204);
    expect((await call("GET", `/Patient/${id}`)).status).toBe(410);
    const statuses = entries(await call("GET", `/Patient/${id}/_history`)).map((entry) => entry.response?.status);
    expect(statuses).toEqual(["204", "200", "200", "201"]);
  });

  test("is created once under a condition, also by two at the same moment", async () => {
    const body = patient("Conditional", { identifier: [{ system: "urn:h", value: "77" }] });
    const create = () => call("POST", "/Patient", body, { "if-none-exist": "identifier=urn:h|77" });
    const answers = await Promise.all([create(), create()]);
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 201]);
    expect(answers[0]?.body.id).toBe(answers[1]?.body.id);
  });

  test.each([
    ["a value outside its value set", { resourceType: "Patient", gender: "x" }, 422],
    ["another type", { resourceType: "Organization", name: "x" }, 400],
    ["broken JSON", '{"resourceType":', 400],
  ])("%s is refused with an outcome", async (_what, body, status) => {
    const answer = await call("POST", "/Patient", body);
    expect([answer.status, answer.body.resourceType]).toEqual([status, "OperationOutcome"]);
  });

  test("XML, an unknown type and an unknown address are refused with an outcome", async () => {
    expect((await call("GET", "/Patient", undefined, { accept: "application/fhir+xml" })).status).toBe(406);
    expect((await call("POST", "/Patient", "<Patient/>", { "content-type": "application/fhir+xml" })).status).toBe(415);
    expect((await call("GET", "/Basic/1")).status).toBe(404);
    expect((await call("POST", "/Patient/1/$merge", {})).body.resourceType).toBe("OperationOutcome");
  });
});

describe("bundles", () => {
  const transaction = (last: object) => ({
    resourceType: "Bundle",
    type: "transaction",
    entry: [
      { fullUrl: "urn:uuid:p", resource: patient("Bundled Person"), request: { method: "POST", url: "Patient" } },
      { fullUrl: "urn:uuid:c", resource: condition("urn:uuid:p", "cough"), request: { method: "POST", url: "Condition" } },
      last,
    ],
  });

  test("a transaction's entries point at each other", async () => {
    const provenance = {
      resourceType: "Provenance",
      target: [{ reference: "urn:uuid:c" }],
      recorded: "2026-11-22T10:00:00Z",
      agent: [{ who: { display: "Dr Dias" } }],
    };
    const answer = await call("POST", "", transaction({ resource: provenance, request: { method: "POST", url: "Provenance" } }));
    const [one, two, three] = entries(answer).map((entry) => entry.resource);
    expect(two?.subject).toEqual({ reference: `Patient/${one?.id}` });
    expect(three?.target).toEqual([{ reference: `Condition/${two?.id}` }]);
  });

  test("of a transaction that fails at its end nothing remains", async () => {
    const size = async () => Number((await call("GET", "/Patient?_count=0")).body.total);
    const before = await size();
    const answer = await call("POST", "", transaction({ request: { method: "GET", url: "Patient/not-there" } }));
    expect([answer.status, answer.body.resourceType]).toEqual([404, "OperationOutcome"]);
    expect(await size()).toBe(before);
  });

  test("a batch answers each entry for itself", async () => {
    const answer = await call("POST", "", {
      resourceType: "Bundle",
      type: "batch",
      entry: [
        { resource: { resourceType: "Patient", gender: "x" }, request: { method: "POST", url: "Patient" } },
        { resource: patient("Batched"), request: { method: "POST", url: "Patient" } },
        { request: { method: "GET", url: "Patient?name=batched" } },
        { request: { method: "GET" } },
      ],
    });
    expect(entries(answer).map((entry) => entry.response?.status)).toEqual(["422", "201", "200", "400"]);
  });
});

describe("search", () => {
  test("pages, sorts, includes and chains; refuses what it does not know", async () => {
    const ids: string[] = [];
    for (const name of ["Searcha Bravo", "Searcha Alfa", "Searcha Charlie"])
      ids.push(String((await call("POST", "/Patient", patient(name))).body.id));
    await call("POST", "/Condition", condition(`Patient/${ids[1]}`, "fever"));
    const sorted = entries(await call("GET", "/Patient?name=searcha&_sort=name")).map((entry) => entry.resource?.id);
    expect(sorted).toEqual([ids[1], ids[0], ids[2]]);
    const page = await call("GET", "/Patient?name=searcha&_count=2");
    const next = (page.body.link as { relation: string; url: string }[]).find((link) => link.relation === "next");
    const rest = entries(await call("GET", String(next?.url).slice(base.length)));
    expect([...entries(page), ...rest].map((entry) => entry.resource?.id)).toEqual(ids.toReversed());
    const chained = entries(await call("GET", "/Condition?patient.name=alfa&_include=Condition:patient"));
    expect(chained.map((entry) => entry.search?.mode)).toEqual(["match", "include"]);
    const form = await call("POST", "/Patient/_search", "name=searcha", { "content-type": "application/x-www-form-urlencoded" });
    expect(form.body.total).toBe(3);
    expect(issue(await call("GET", "/Patient?shoe-size=43"))?.code).toBe("not-supported");
    expect((await call("GET", "/Patient?_cursor=x")).status).toBe(400);
  });
});

describe("operations", () => {
  test("$validate says what is wrong and writes nothing", async () => {
    const answer = await call("POST", "/Patient/$validate", { resourceType: "Patient", gender: "x" });
    expect([answer.status, issue(answer)?.expression]).toEqual([200, ["Patient.gender"]]);
  });

  test("$everything and $summary hold the patient's record and nobody else's", async () => {
    const id = String((await call("POST", "/Patient", patient("Whole Record", { birthDate: "1970-05-05" }))).body.id);
    const other = String((await call("POST", "/Patient", patient("Other Person"))).body.id);
    await call("POST", "/Condition", condition(`Patient/${id}`, "Malária <grave>"));
    await call("POST", "/Condition", condition(`Patient/${other}`, "nothing of theirs"));
    const everything = await call("GET", `/Patient/${id}/$everything`);
    expect(entries(everything).map((entry) => entry.resource?.resourceType)).toEqual(["Patient", "Condition"]);
    const summary = await call("GET", `/Patient/${id}/$summary`);
    expect([summary.body.type, entries(summary)[0]?.resource?.resourceType]).toEqual(["document", "Composition"]);
    expect(JSON.stringify(summary.body)).toContain("Malária &lt;grave&gt;");
    expect(JSON.stringify(summary.body)).not.toContain("nothing of theirs");
    expect(await call("POST", "/Bundle/$validate", summary.body).then((answer) => issue(answer)?.code)).toBe("informational");
  });
});

interface Claims {
  readonly type: ServedType;
  readonly interaction: readonly { readonly code: string }[];
  readonly searchParam: readonly { readonly name: string; readonly type: string }[];
  readonly searchInclude: readonly string[];
  readonly searchRevInclude: readonly string[];
  readonly operation: readonly { readonly name: string }[];
  readonly [claim: string]: unknown;
}

describe("the capability statement", () => {
  let rest: { readonly resource: readonly Claims[]; readonly interaction: readonly { code: string }[] };
  beforeAll(async () => {
    const statement = await call("GET", "/metadata");
    [rest] = statement.body.rest as [typeof rest];
  });
  const status = async (...request: Parameters<FhirCall>) => (await call(...request)).status;
  const patchType = { "content-type": "application/json-patch+json" };

  /** What each interaction answers where it is served; `place` is one resource of the type. */
  type Probe = (type: ServedType, place: string, body: object) => Promise<number>;
  const interactions: Readonly<Record<string, readonly [expected: number, probe: Probe]>> = {
    read: [200, (_type, place) => status("GET", place)],
    vread: [200, (_type, place) => status("GET", `${place}/_history/1`)],
    update: [200, (_type, place, body) => status("PUT", place, body)],
    patch: [200, (_type, place) => status("PATCH", place, [{ op: "add", path: "/language", value: "pt" }], patchType)],
    "history-instance": [200, (_type, place) => status("GET", `${place}/_history`)],
    "history-type": [200, (type) => status("GET", `/${type}/_history?_count=1`)],
    "search-type": [200, (type) => status("GET", `/${type}?_count=1`)],
    create: [201, (type, _place, body) => status("POST", `/${type}`, body)],
    delete: [204, (_type, place) => status("DELETE", place)],
  };
  const values: Readonly<Record<string, string>> = {
    date: "2026",
    reference: "Patient/x",
    token: "x",
    string: "abc",
    uri: "urn:x",
  };

  test.each(servedTypes)("%s does all that it claims, and refuses what it does not", async (type) => {
    const claims = rest.resource.find((one) => one.type === type);
    if (claims === undefined) throw new Error(`${type} is served and not claimed`);
    const body = { resourceType: type, ...minimalResources[type] };
    const made = await call("POST", `/${type}`, body);
    expect(made.status, made.text).toBe(201);
    const id = String(made.body.id);
    expect(await status("POST", `/${type}/$validate`, made.body)).toBe(200);
    // As many conditions at once as a search may have.
    const names = claims.searchParam.filter(({ name }) => name !== "_id" && name !== "_lastUpdated");
    const present = names.map(({ name }) => `${name}:missing=false`).join("&");
    const sought = names.map((one) => `${one.name}=${values[one.type]}`).join("&");
    for (const query of [present, sought])
      expect(await status("GET", `/${type}?${query}&_id=${id}&_lastUpdated=ge2020`), query).toBe(200);
    const included = claims.searchInclude.map((one) => `_include=${one}`);
    const pointing = claims.searchRevInclude.map((one) => `_revinclude=${one}`);
    const together = await call("GET", `/${type}?_id=${id}&${[...included, ...pointing].join("&")}`);
    expect([together.status, entries(together)[0]?.resource?.id]).toEqual([200, id]);
    const [source, name] = claims.searchRevInclude[0]?.split(":") ?? [];
    if (source !== undefined) expect(await status("GET", `/${type}?_has:${source}:${name}:_tag=x`), source).toBe(200);
    expect(claims).toMatchObject({
      versioning: "versioned",
      readHistory: true,
      updateCreate: true,
      conditionalCreate: true,
      conditionalUpdate: true,
      conditionalRead: "full-support",
      conditionalDelete: "single",
    });
    expect(await status("POST", `/${type}`, body, { "if-none-exist": `_id=${id}` })).toBe(200);
    expect(await status("PUT", `/${type}?_id=${id}`, body)).toBe(200);
    expect(await status("GET", `/${type}/${id}`, undefined, { "if-none-match": 'W/"2"' })).toBe(304);
    expect(await status("PUT", `/${type}/${id}-new`, { ...body, id: `${id}-new` })).toBe(201);
    expect(await status("DELETE", `/${type}?_id=${id}-new`)).toBe(204);
    const codes = claims.interaction.map(({ code }) => code);
    for (const [code, [expected, probe]] of Object.entries(interactions)) {
      expect(codes, code).toContain(code);
      expect(await probe(type, `/${type}/${id}`, made.body), code).toBe(expected);
    }
    expect(codes.length).toBe(Object.keys(interactions).length);

    const own = new Set(claims.searchParam.map(({ name }) => name));
    const foreign = rest.resource.flatMap((one) => one.searchParam.map(({ name }) => name)).find((name) => !own.has(name));
    expect(await status("GET", `/${type}?${foreign}=x`), foreign).toBe(400);
    const operations = claims.operation.map(({ name }) => name);
    for (const name of ["everything", "summary", "meta"])
      expect(await status("GET", `/${type}/${id}/$${name}`), name).toBe(operations.includes(name) ? 410 : 404);
  });

  test("what the whole server claims is served, and nothing beside it", async () => {
    expect(rest.resource.map(({ type }) => type)).toEqual(servedTypes);
    expect(rest.interaction.map(({ code }) => code)).toEqual(["transaction", "batch", "history-system"]);
    for (const type of ["transaction", "batch"]) expect(await status("POST", "", { resourceType: "Bundle", type })).toBe(200);
    expect(await status("POST", "/", { resourceType: "Bundle", type: "batch" })).toBe(200);
    expect(await status("GET", "/_history")).toBe(200);
    expect(await status("POST", "", { resourceType: "Bundle", type: "collection" })).toBe(400);
    expect(await status("GET", "?_type=Patient")).toBe(405);
    for (const path of [
      "/Basic",
      "/Basic/1",
      "/Basic/_history",
      "/$meta",
      "/Patient/$match",
      "/Patient/1/Condition",
      "/Patient/_text",
    ])
      expect(await status("GET", path), path).toBe(404);
  });
});

describe("who may do what", () => {
  test("nobody in particular is asked to sign in", async () => {
    expect((await call("GET", "/Patient", undefined, {}, { kind: "anonymous" })).status).toBe(401);
  });

  test("a clinician sees the patient of a case given to them, and not another; both are in the audit log", async () => {
    const mine = String((await call("POST", "/Patient", patient("Given Patient"))).body.id);
    const other = String((await call("POST", "/Patient", patient("Given Elsewhere"))).body.id);
    const { cases } = store.direct("mz");
    await cases.open({ id: "sr-mine", patientId: mine, summary: { caseNumber: "MZ-1", name: "x", language: "pt" } });
    const before = (await store.auditLog.head()).size;
    expect((await call("GET", `/Patient/${mine}`, undefined, {}, clinician)).status).toBe(200);
    const refused = await call("GET", `/Patient/${other}`, undefined, {}, clinician);
    expect([refused.status, issue(refused)?.code]).toEqual([403, "forbidden"]);
    expect((await store.auditLog.head()).size).toBe(before + 2);
    const seen = entries(await call("GET", "/Patient?name=given", undefined, {}, clinician)).map((entry) => entry.resource?.id);
    expect(seen).toEqual([mine]);
  });

  test("a token's scopes bound it", async () => {
    const reader: Actor = { ...application, scopes: [{ context: "system", type: "Patient", may: "rs" }] };
    expect((await call("GET", "/Patient?name=given", undefined, {}, reader)).status).toBe(200);
    expect((await call("POST", "/Patient", patient("x"), {}, reader)).status).toBe(403);
    expect((await call("GET", "/Condition", undefined, {}, reader)).status).toBe(403);
  });

  test("nothing went wrong that nobody foresaw", () => {
    expect(unforeseen).toEqual([]);
  });
});
