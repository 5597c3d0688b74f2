import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Actor } from "@yizhan/access";
import {
  application,
  condition,
  entries,
  type FhirAnswer,
  type FhirCall,
  issue,
  linkOf,
  openTestFhir,
  patient,
} from "../testing/fhir.ts";

// What a hospital's exchange does beyond reading and writing one resource at a time.
let call: FhirCall;
let unforeseen: unknown[];
let close: () => Promise<void>;
beforeAll(async () => {
  ({ call, unforeseen, close } = await openTestFhir());
});
afterAll(() => close());

const person = (value: string, extra: object = {}) =>
  patient(`Exchanged ${value}`, { identifier: [{ system: "urn:x", value }], ...extra });
const at = (value: string) => `/Patient?identifier=urn:x|${value}`;
const json = { "content-type": "application/json-patch+json" };

describe("conditional interactions", () => {
  test("update what matches, or make it; refuse another id and several matches", async () => {
    const made = await call("PUT", at("u1"), person("u1"));
    expect(made.status).toBe(201);
    const changed = await call("PUT", at("u1"), person("u1", { gender: "female" }));
    expect([changed.status, changed.body.id, changed.headers.get("etag")]).toEqual([200, made.body.id, 'W/"2"']);
    expect((await call("PUT", at("u1"), person("u1", { id: "another" }))).status).toBe(400);
    expect((await call("PUT", at("u1"), person("u1"), { "if-match": 'W/"1"' })).status).toBe(412);
    const named = await call("PUT", at("u2"), person("u2", { id: "named-by-client" }));
    expect([named.status, named.body.id]).toEqual([201, "named-by-client"]);
    expect((await call("PUT", at("u3"), person("u3", { id: "named-by-client" }))).status).toBe(409);
    await call("POST", "/Patient", person("twins"));
    await call("POST", "/Patient", person("twins"));
    const several = await call("PUT", at("twins"), person("twins"));
    expect([several.status, issue(several)?.code]).toEqual([412, "multiple-matches"]);
    expect((await call("DELETE", at("twins"))).status).toBe(412);
    expect((await call("DELETE", "/Patient")).status).toBe(412);
  });

  test("two clients that make the same one at the same moment make one", async () => {
    const answers = await Promise.all([call("PUT", at("race"), person("race")), call("PUT", at("race"), person("race"))]);
    expect(answers.map((answer) => answer.status).toSorted()).toEqual([200, 201]);
    expect(answers[0]?.body.id).toBe(answers[1]?.body.id);
  });

  test("patch and delete the one that matches; nothing to delete is no failure", async () => {
    const { body } = await call("POST", "/Patient", person("d1"));
    const patch = [{ op: "add", path: "/active", value: true }];
    expect((await call("PATCH", at("d1"), patch, json)).body).toMatchObject({ id: body.id, active: true });
    expect((await call("PATCH", at("nobody"), patch, json)).status).toBe(404);
    expect((await call("DELETE", at("d1"))).status).toBe(204);
    expect((await call("GET", `/Patient/${String(body.id)}`)).status).toBe(410);
    expect((await call("DELETE", at("d1"))).status).toBe(204);
  });

  test("a read of what the client holds already sends nothing", async () => {
    const { body, headers } = await call("POST", "/Patient", person("r1"));
    const read = (more: Record<string, string>) =>
      call("GET", `/Patient/${String(body.id)}`, undefined, more).then((answer) => [answer.status, answer.text.length > 0]);
    const modified = headers.get("last-modified") ?? "";
    expect(await read({ "if-none-match": 'W/"7", W/"1"' })).toEqual([304, false]);
    expect(await read({ "if-none-match": '"1"' })).toEqual([304, false]);
    expect(await read({ "if-modified-since": modified })).toEqual([304, false]);
    expect(await read({ "if-modified-since": new Date(Date.parse(modified) - 1_000).toUTCString() })).toEqual([200, true]);
    // The version is the better witness: it decides alone.
    expect(await read({ "if-none-match": 'W/"7"', "if-modified-since": modified })).toEqual([200, true]);
  });

  test("are served inside bundles, and their entries can be pointed at", async () => {
    const { body } = await call("POST", "/Patient", person("b1"));
    await call("POST", "/Patient", person("b2"));
    const answer = await call("POST", "", {
      resourceType: "Bundle",
      type: "transaction",
      entry: [
        { request: { method: "DELETE", url: "Patient?identifier=urn:x|b2" } },
        { fullUrl: "urn:uuid:n", resource: person("b3"), request: { method: "PUT", url: "Patient?identifier=urn:x|b3" } },
        { fullUrl: "urn:uuid:o", resource: person("b1"), request: { method: "PUT", url: "Patient?identifier=urn:x|b1" } },
        { resource: condition("urn:uuid:n", "cough"), request: { method: "POST", url: "Condition" } },
        { resource: condition("urn:uuid:o", "fever"), request: { method: "POST", url: "Condition" } },
        { request: { method: "GET", url: `Patient/${String(body.id)}`, ifNoneMatch: 'W/"2"' } },
      ],
    });
    const [gone, made, changed, cough, fever, held] = entries(answer);
    expect([gone, made, changed, held].map((entry) => entry?.response?.status)).toEqual(["204", "201", "200", "304"]);
    expect(changed?.resource?.id).toBe(body.id);
    expect(cough?.resource?.subject).toEqual({ reference: `Patient/${made?.resource?.id}` });
    expect(fever?.resource?.subject).toEqual({ reference: `Patient/${String(body.id)}` });
    expect((await call("GET", at("b2"))).body.total).toBe(0);

    const twice = await call("POST", "", {
      resourceType: "Bundle",
      type: "transaction",
      entry: [
        { resource: person("b1"), request: { method: "PUT", url: "Patient?identifier=urn:x|b1" } },
        { request: { method: "DELETE", url: `Patient/${String(body.id)}` } },
      ],
    });
    expect([twice.status, issue(twice)?.code]).toEqual([400, "duplicate"]);

    const batch = await call("POST", "", {
      resourceType: "Bundle",
      type: "batch",
      entry: [
        { resource: person("b4"), request: { method: "PUT", url: "Patient?identifier=urn:x|b4" } },
        { request: { method: "DELETE", url: "Patient?identifier=urn:x|b4" } },
        { request: { method: "GET", url: `Patient/${String(body.id)}/_history` } },
      ],
    });
    expect(entries(batch).map((entry) => entry.response?.status)).toEqual(["201", "204", "200"]);
    expect(entries(batch)[2]?.resource?.type).toBe("history");
  });
});

test("a decimal keeps the precision that it was sent with, wherever it goes", async () => {
  const id = String((await call("POST", "/Patient", person("decimals"))).body.id);
  const subject = `"subject":{"reference":"Patient/${id}"}`;
  const lab = (value: string, more = "") =>
    `{"resourceType":"Observation","status":"final","category":[{"coding":[{"code":"laboratory"}]}],"code":{"text":"potassium"},${subject},"valueQuantity":{"value":${value},"unit":"mmol/L"}${more}}`;
  const made = await call("POST", "/Observation", lab("5.10", ',"referenceRange":[{"low":{"value":3.50}}]'));
  expect(made.text).toContain('"value":5.10,');
  const address = `/Observation/${String(made.body.id)}`;
  const patch = '[{"op":"replace","path":"/valueQuantity/value","value":1.0}]';
  expect((await call("PATCH", address, patch, json)).text).toMatch(/"value":1\.0,.*"value":3\.50/);
  await call("PUT", address, lab("4E0", `,"id":"${String(made.body.id)}"`));
  expect((await call("GET", address)).text).toContain('"value":4E0');
  const bundled = await call(
    "POST",
    "",
    `{"resourceType":"Bundle","type":"transaction","entry":[{"resource":${lab("6.0")},"request":{"method":"POST","url":"Observation"}}]}`,
  );
  expect(bundled.text).toContain('"value":6.0,');
  const history = await call("GET", `${address}/_history`);
  expect(history.text.match(/"value":[^,}]+/g)).toEqual([
    '"value":4E0',
    '"value":1.0',
    '"value":3.50',
    '"value":5.10',
    '"value":3.50',
  ]);
  for (const path of [`/Observation?patient=${id}`, `/Patient/${id}/$everything`, `/Patient/${id}/$summary`])
    expect((await call("GET", path)).text, path).toMatch(/"value":6\.0,/);
});

describe("an answer as it is asked for", () => {
  let id: string;
  let lab: string;
  beforeAll(async () => {
    const made = await call("POST", "/Patient", {
      ...person("shape", { active: true, gender: "female", contact: [{ name: { text: "Her sister" }, gender: "female" }] }),
      text: { status: "generated", div: '<div xmlns="http://www.w3.org/1999/xhtml">x</div>' },
    });
    id = String(made.body.id);
    const observation = `{"resourceType":"Observation","status":"final","code":{"text":"k"},"subject":{"reference":"Patient/${id}"},"valueQuantity":{"value":5.10},"note":[{"text":"n"}],"component":[{"code":{"text":"c"},"valueQuantity":{"value":1.0},"referenceRange":[{"text":"r"}]}]}`;
    lab = String((await call("POST", "/Observation", observation)).body.id);
  });
  const keys = async (path: string) => {
    const { body } = await call("GET", path);
    const tag = (body.meta as { tag?: { code: string }[] }).tag?.[0]?.code;
    return [...Object.keys(body).toSorted(), tag];
  };

  test("in part, marked as such, with what must always be there", async () => {
    const place = `/Patient/${id}`;
    expect(await keys(`${place}?_summary=true`)).toEqual([
      "active",
      "gender",
      "id",
      "identifier",
      "meta",
      "name",
      "resourceType",
      "SUBSETTED",
    ]);
    expect(await keys(`${place}?_summary=text`)).toEqual(["active", "id", "meta", "resourceType", "text", "SUBSETTED"]);
    expect((await keys(`${place}?_summary=data`)).includes("text")).toBe(false);
    expect(await keys(`${place}?_elements=gender,contact`)).toEqual([
      "active",
      "contact",
      "gender",
      "id",
      "meta",
      "resourceType",
      "SUBSETTED",
    ]);
    expect((await keys(`${place}?_summary=false`)).at(-1)).toBeUndefined();
    const observation = await call("GET", `/Observation/${lab}?_summary=true`);
    expect(observation.text).toMatch(/"value":5\.10.*"value":1\.0/);
    expect(observation.text).not.toMatch(/note|referenceRange/);
    expect((await keys(`/Observation/${lab}?_elements=value`)).includes("valueQuantity")).toBe(true);
    for (const wrong of ["_summary=perhaps", "_elements=shoeSize", "_summary=count", "shoe-size=43", "_count=5"])
      expect((await call("GET", `${place}?${wrong}`)).status, wrong).toBe(400);
    const part = await call("GET", `${place}?_elements=gender`);
    const written = await call("PUT", place, part.body);
    expect([written.status, issue(written)?.details.text]).toEqual([422, expect.stringContaining("SUBSETTED")]);
  });

  test("a search counts, sums up and totals as it is told, and leaves nothing out silently", async () => {
    const shape = "identifier=urn:x|shape";
    expect((await call("GET", `/Patient?${shape}&_summary=count`)).body).toMatchObject({ type: "searchset", total: 1 });
    expect((await call("GET", `/Patient?${shape}&_total=none`)).body).not.toHaveProperty("total");
    const [match, include] = entries(await call("GET", `/Observation?_id=${lab}&_elements=status&_include=Observation:patient`));
    expect(Object.keys(match?.resource ?? {})).not.toContain("valueQuantity");
    expect(include?.resource).toHaveProperty("name");
    for (const wrong of ["_total=some", "identifier=", "_include:sideways=Patient:link", "_text=fever", "identifier=,"])
      expect((await call("GET", `/Patient?${shape}&${wrong}`)).status, wrong).toBe(400);
    const lenient = await call("GET", `/Patient?${shape}&shoe-size=43`, undefined, { prefer: "handling=lenient" });
    expect(entries(lenient).map((entry) => entry.search?.mode)).toEqual(["match", "outcome"]);
    expect(linkOf(lenient, "self")).not.toContain("shoe");
    expect(entries(await call("GET", "/Patient?identifier=urn:x|nobody"))).toEqual([]);
    expect((await call("GET", "/Patient?identifier=urn:x|nobody")).text).not.toContain("entry");
  });

  test("with or without its body, in a form that is served", async () => {
    const place = `/Patient/${id}`;
    const minimal = await call("PUT", place, { ...person("shape"), id }, { prefer: "return=minimal" });
    expect([minimal.status, minimal.text, minimal.headers.get("etag")]).toEqual([200, "", 'W/"2"']);
    const outcome = await call("PUT", place, { ...person("shape"), id }, { prefer: "return=OperationOutcome" });
    expect(outcome.body.resourceType).toBe("OperationOutcome");
    const bundle = {
      resourceType: "Bundle",
      type: "batch",
      entry: [
        { resource: person("quiet"), request: { method: "POST", url: "Patient" } },
        { request: { method: "GET", url: `Patient/${id}?_elements=name` } },
      ],
    };
    const [quiet, read] = entries(await call("POST", "", bundle, { prefer: "return=minimal" }));
    expect([quiet?.resource, quiet?.response?.status]).toEqual([undefined, "201"]);
    expect(Object.keys(read?.resource ?? {})).not.toContain("identifier");
    expect((await call("GET", `${place}?_format=application/fhir%2Bjson&_pretty=true`)).text).toContain('{\n  "resourceType"');
    const xml = await call("GET", `${place}?_format=xml`);
    expect([xml.status, issue(xml)?.code]).toEqual([406, "not-supported"]);
    expect((await call("POST", "/Patient", "[]", json)).status).toBe(415);
    const head = await call("HEAD", place);
    expect([head.status, head.text, head.headers.get("etag")]).toEqual([200, "", 'W/"3"']);
    expect(Number(head.headers.get("content-length"))).toBeGreaterThan(100);
  });

  test("a method that an address does not take is refused with those that it takes", async () => {
    const allow = async (method: string, path: string) => {
      const answer = await call(method, path);
      return [answer.status, answer.headers.get("allow")];
    };
    expect(await allow("POST", `/Patient/${id}`)).toEqual([405, "GET, HEAD, PUT, PATCH, DELETE, OPTIONS"]);
    expect(await allow("DELETE", "/metadata")).toEqual([405, "GET, HEAD, OPTIONS"]);
    expect(await allow("GET", "")).toEqual([405, "POST, OPTIONS"]);
    expect(await allow("PUT", `/Patient/${id}/_history/1`)).toEqual([405, "GET, HEAD, OPTIONS"]);
    expect(await allow("OPTIONS", "/Patient")).toEqual([204, "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"]);
  });
});

describe("history", () => {
  test("of a type and of everything, since a moment, page by page, of deletions too", async () => {
    const organization = { resourceType: "Organization", name: "Historic" };
    const { body } = await call("POST", "/Organization", organization);
    const place = `/Organization/${String(body.id)}`;
    const second = await call("PUT", place, { ...organization, id: body.id, active: true });
    await call("DELETE", place);
    const said = (answer: FhirAnswer) => entries(answer).map((entry) => `${entry.request?.method} ${entry.response?.etag}`);
    const type = await call("GET", "/Organization/_history?_count=2");
    expect(said(type)).toEqual(['DELETE W/"3"', 'PUT W/"2"']);
    const rest = await call("GET", linkOf(type, "next") ?? "");
    expect([said(rest), linkOf(rest, "next")]).toEqual([['POST W/"1"'], undefined]);
    const since = (second.body.meta as { lastUpdated: string }).lastUpdated;
    expect(said(await call("GET", `/Organization/_history?_since=${since}`))).toEqual(['DELETE W/"3"', 'PUT W/"2"']);
    expect(said(await call("GET", `${place}/_history?_count=1&_elements=name`))).toEqual(['DELETE W/"3"']);
    const all = await call("GET", `/_history?_since=${since}&_count=200`);
    expect(all.body.type).toBe("history");
    expect(said(all).slice(0, 2)).toEqual(['DELETE W/"3"', 'PUT W/"2"']);
    for (const wrong of ["_since=yesterday", "_at=2026", "_cursor=x", "_count=0", "_total=accurate"])
      expect((await call("GET", `/Organization/_history?${wrong}`)).status, wrong).toBe(400);
    expect((await call("GET", "/Organization/not-there/_history")).status).toBe(404);
  });

  test("shows what the caller may see, and no count of the rest", async () => {
    const reader: Actor = { ...application, scopes: [{ context: "system", type: "Location", may: "rs" }] };
    await call("POST", "/Location", { resourceType: "Location", name: "Ward" });
    const all = await call("GET", "/_history", undefined, {}, reader);
    expect([...new Set(entries(all).map((entry) => entry.resource?.resourceType))]).toEqual(["Location"]);
    expect((await call("GET", "/Patient/_history", undefined, {}, reader)).status).toBe(403);
    const elsewhere: Actor = { ...application, tenant: "elsewhere" };
    expect(entries(await call("GET", "/_history", undefined, {}, elsewhere))).toEqual([]);
    const clinician: Actor = { kind: "staff", accountId: "a-9", sessionId: "s-9", role: "clinician", tenant: "mz" };
    expect(entries(await call("GET", "/Patient/_history", undefined, {}, clinician))).toEqual([]);
  });
});

describe("search through other records", () => {
  test("finds who is pointed at, as deep as it is asked, and only for those who may ask there", async () => {
    const ids: string[] = [];
    for (const name of ["has-1", "has-2"]) ids.push(String((await call("POST", "/Patient", person(name))).body.id));
    const observation = (subject: string, code: string) => ({
      resourceType: "Observation",
      status: "final",
      code: { coding: [{ system: "http://loinc.org", code }] },
      subject: { reference: `Patient/${subject}` },
    });
    const made = await call("POST", "/Observation", observation(ids[0] ?? "", "8480-6"));
    await call("POST", "/Observation", observation(ids[1] ?? "", "8462-4"));
    const target = [{ reference: `Observation/${String(made.body.id)}` }];
    await call("POST", "/Provenance", {
      resourceType: "Provenance",
      target,
      recorded: "2026-11-22T10:00:00Z",
      agent: [{ who: { reference: "Practitioner/p-7" } }],
    });
    const found = async (query: string, actor?: Actor) => {
      const answer = await call("GET", `/Patient?${query}`, undefined, {}, actor);
      return answer.status === 200 ? entries(answer).map((entry) => entry.resource?.id) : answer.status;
    };
    expect(await found("_has:Observation:patient:code=8480-6")).toEqual([ids[0]]);
    expect(await found("_has:Observation:patient:code=8480-6,8462-4&identifier=urn:x|has-2")).toEqual([ids[1]]);
    expect(await found("_has:Observation:patient:code=8480-6&_has:Observation:patient:code=8462-4")).toEqual([]);
    expect(await found("_has:Observation:patient:_has:Provenance:target:agent=Practitioner/p-7")).toEqual([ids[0]]);
    for (const wrong of ["_has:Observation:code:code=x", "_has:Observation:patient=x", "_has:Basic:patient:code=x"])
      expect(await found(wrong), wrong).toBe(400);
    const reader: Actor = { ...application, scopes: [{ context: "system", type: "Patient", may: "rs" }] };
    expect(await found("_has:Observation:patient:code=8480-6", reader)).toBe(403);
    expect(
      (
        await call("POST", "/Patient/_search?_count=1", "_has:Observation:patient:code=8480-6", {
          "content-type": "application/x-www-form-urlencoded",
        })
      ).body.total,
    ).toBe(1);

    const chain = await call(
      "GET",
      `/Provenance?agent=Practitioner/p-7&_include=Provenance:target&_include:iterate=Observation:patient&_revinclude:iterate=Condition:patient`,
    );
    expect(entries(chain).map((entry) => entry.resource?.resourceType)).toEqual(["Provenance", "Observation", "Patient"]);
  });

  test("sorts by several, filters by tags and times, follows links between patients", async () => {
    const tag = [{ system: "urn:t", code: "batch-7" }];
    const older = String(
      (await call("POST", "/Patient", person("s1", { gender: "female", birthDate: "1950", meta: { tag } }))).body.id,
    );
    const younger = String(
      (
        await call(
          "POST",
          "/Patient",
          person("s2", { gender: "female", birthDate: "1990", meta: { tag, security: [{ system: "urn:s", code: "R" }] } }),
        )
      ).body.id,
    );
    const man = await call(
      "POST",
      "/Patient",
      person("s3", {
        gender: "male",
        birthDate: "1970",
        meta: { tag },
        link: [{ type: "seealso", other: { reference: `Patient/${older}` } }],
      }),
    );
    const found = async (query: string) =>
      entries(await call("GET", `/Patient?name=exchanged&${query}`)).map((entry) => entry.resource?.id);
    expect(await found("_tag=urn:t|batch-7&_sort=gender,-birthdate")).toEqual([younger, older, man.body.id]);
    expect(await found("_security=urn:s|R")).toEqual([younger]);
    expect(await found(`link=Patient/${older}`)).toEqual([man.body.id]);
    const { lastUpdated } = man.body.meta as { lastUpdated: string };
    expect(await found(`_tag=batch-7&_lastUpdated=ge${lastUpdated}&_lastUpdated=lt2100`)).toEqual([man.body.id]);
    expect(await found(`_tag=batch-7&_lastUpdated=gt2100`)).toEqual([]);
  });
});

describe("operations", () => {
  test("$everything of some types, since a moment, page by page", async () => {
    const id = String((await call("POST", "/Patient", person("all"))).body.id);
    for (const text of ["one", "two", "three"]) await call("POST", "/Condition", condition(`Patient/${id}`, text));
    const made = await call("POST", "/Task", {
      resourceType: "Task",
      status: "requested",
      intent: "order",
      for: { reference: `Patient/${id}` },
    });
    const place = `/Patient/${id}/$everything`;
    const seen: (string | undefined)[] = [];
    for (let next: string | undefined = `${place}?_count=2`; next !== undefined;) {
      const page = await call("GET", next);
      expect(entries(page).length).toBeLessThanOrEqual(2);
      seen.push(...entries(page).map((entry) => entry.resource?.id));
      next = linkOf(page, "next");
    }
    expect([seen.length, new Set(seen).size]).toEqual([5, 5]);
    const types = async (query: string) =>
      entries(await call("GET", `${place}?${query}`)).map((entry) => entry.resource?.resourceType);
    expect(await types("_type=Task,Patient")).toEqual(["Patient", "Task"]);
    expect(await types(`_since=${(made.body.meta as { lastUpdated: string }).lastUpdated}`)).toEqual(["Task"]);
    const parameters = { resourceType: "Parameters", parameter: [{ name: "_type", valueString: "Task" }] };
    expect(entries(await call("POST", place, parameters)).map((entry) => entry.resource?.resourceType)).toEqual(["Task"]);
    for (const wrong of ["start=2020", "_type=Shoe", "_cursor=x"])
      expect((await call("GET", `${place}?${wrong}&_count=2`)).status, wrong).toBe(400);
  });

  test("$validate judges for what it is told: a creation, an update, a deletion, a profile", async () => {
    const { body } = await call("POST", "/Patient", person("judged"));
    const own = "http://hl7.org/fhir/StructureDefinition/Patient";
    const judge = async (path: string, sent?: unknown) => {
      const answer = await call("POST", path, sent);
      return answer.status === 200 ? (issue(answer)?.severity ?? "") : answer.status;
    };
    const inside = (mode: string, resource: object) => ({
      resourceType: "Parameters",
      parameter: [
        { name: "mode", valueCode: mode },
        { name: "profile", valueUri: own },
        { name: "resource", resource },
      ],
    });
    expect(await judge(`/Patient/$validate?mode=create&profile=${own}`, person("new"))).toBe("information");
    expect(await judge("/$validate", inside("create", person("new")))).toBe("information");
    expect(await judge("/Patient/$validate", inside("update", person("no id")))).toBe("error");
    expect(await judge(`/Patient/${String(body.id)}/$validate`, inside("update", body))).toBe("information");
    expect(await judge("/Patient/other/$validate?mode=update", body)).toBe("error");
    expect(await judge(`/Patient/${String(body.id)}/$validate?mode=delete`)).toBe("information");
    expect(await judge("/Patient/not-there/$validate?mode=delete")).toBe(404);
    expect(await judge("/Patient/$validate?profile=http://example.org/mine", person("x"))).toBe(400);
    expect(await judge("/Patient/$validate?mode=guess", person("x"))).toBe(400);
  });
});

test("nothing went wrong that nobody foresaw", () => {
  expect(unforeseen).toEqual([]);
});
