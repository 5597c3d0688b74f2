import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { condition, entries, type FhirCall, issue, openTestFhir, patient } from "../testing/fhir.ts";

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

test("nothing went wrong that nobody foresaw", () => {
  expect(unforeseen).toEqual([]);
});
