import { afterAll, beforeAll, expect, test } from "vitest";
import { goodIntake, startTestStation, type TestStation } from "../testing/station.ts";

let station: TestStation;
beforeAll(async () => {
  station = await startTestStation({}, []);
});
afterAll(() => station.close());

const send = (json: unknown, headers: Record<string, string> = {}) => station.nobody("/api/intake", { json, headers });

async function details(response: Response) {
  expect(response.status).toBe(400);
  const { error } = (await response.json()) as { error: { code: string; details: { field: string; code: string }[] } };
  expect(error.code).toBe("bad-request");
  return Object.fromEntries(error.details.map(({ field, code }) => [field, code]));
}

test("a good intake gives a case number and a code", async () => {
  const response = await send(goodIntake);
  expect(response.status).toBe(201);
  const answer = (await response.json()) as Record<string, string>;
  expect(answer.caseNumber).toMatch(/^MZ-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
  expect(answer.accessCode).toMatch(/^\d{8}$/);
});

test("what may be left out may be left out", async () => {
  const { birthYear: _b, gender: _g, phone: _p, interpreterNeeded: _i, ...least } = goodIntake;
  expect((await send({ ...least, since: "", allergies: "", medicines: "" })).status).toBe(201);
});

test("every missing field is named", async () => {
  expect(await details(await send({}))).toEqual({
    language: "required",
    name: "required",
    complaint: "required",
    since: "required",
    pain: "required",
    allergies: "required",
    medicines: "required",
    consent: "required",
  });
});

test.each([
  ["language", "xx", "unknown-language"],
  ["language", "constructor", "unknown-language"],
  ["name", "   ", "required"],
  ["name", "x".repeat(201), "too-long"],
  ["name", "An\u0000a", "bad-form"],
  ["name", 7, "wrong-type"],
  ["birthYear", 1899, "out-of-range"],
  ["birthYear", 2999, "out-of-range"],
  ["birthYear", 1980.5, "wrong-type"],
  ["gender", "x", "not-allowed"],
  ["phone", "call me", "bad-form"],
  ["complaint", "", "required"],
  ["complaint", "x".repeat(4_001), "too-long"],
  ["since", "x".repeat(201), "too-long"],
  ["pain", 11, "out-of-range"],
  ["pain", -1, "out-of-range"],
  ["pain", "6", "wrong-type"],
  ["pain", null, "wrong-type"],
  ["allergies", "x".repeat(2_001), "too-long"],
  ["medicines", ["a"], "wrong-type"],
  ["consent.agreed", false, "not-allowed"],
  ["consent.language", "xx", "unknown-language"],
  ["consent.version", "../1", "bad-form"],
  ["diagnosis", "malaria", "unknown-field"],
])("%s: %j is %s", async (field, value, code) => {
  const [first = "", second] = field.split(".");
  const wrong =
    second === undefined
      ? { ...goodIntake, [first]: value }
      : { ...goodIntake, consent: { ...goodIntake.consent, [second]: value } };
  expect(await details(await send(wrong))).toEqual({ [field]: code });
});

test("what was typed never comes back in an error", async () => {
  const text = await (await send({ ...goodIntake, phone: "Ana's secret", "Ana <script>": 1 })).text();
  expect(text).not.toContain("secret");
  expect(text).not.toContain("script");
});

test("broken JSON, an array, no body, another content type", async () => {
  const raw = (body: string | undefined, type?: string) =>
    station.app.request("/api/intake", {
      method: "POST",
      ...(body === undefined ? {} : { body }),
      headers: type === undefined ? {} : { "content-type": type },
    });
  expect((await raw("{", "application/json")).status).toBe(400);
  expect((await raw("[]", "application/json")).status).toBe(400);
  expect((await raw("null", "application/json")).status).toBe(400);
  expect((await raw(undefined, "application/json")).status).toBe(400);
  expect((await raw(JSON.stringify(goodIntake), "text/plain")).status).toBe(415);
  expect((await raw("[".repeat(20_000), "application/json")).status).toBe(400);
});

test("a body above 64 KiB is refused, with or without its length said", async () => {
  const body = JSON.stringify({ ...goodIntake, complaint: "x".repeat(70_000) });
  const said = await station.app.request("/api/intake", {
    method: "POST",
    body,
    headers: { "content-type": "application/json", "content-length": String(body.length) },
  });
  expect(said.status).toBe(413);
  const streamed = await station.app.request(
    new Request("http://station/api/intake", {
      method: "POST",
      body: new Blob([body]).stream(),
      headers: { "content-type": "application/json" },
      duplex: "half",
    } as RequestInit),
  );
  expect(streamed.status).toBe(413);
});

test("a retry with the same key gives the same case, also when it overtakes", async () => {
  const key = { "idempotency-key": crypto.randomUUID() };
  const answers = await Promise.all([send(goodIntake, key), send(goodIntake, key), send(goodIntake, key)]);
  const bodies = await Promise.all(answers.map((answer) => answer.json()));
  expect(new Set(bodies.map((body) => JSON.stringify(body))).size).toBe(1);
  const other = await send(goodIntake, { "idempotency-key": crypto.randomUUID() });
  expect(await other.json()).not.toEqual(bodies[0]);
  expect(await details(await send(goodIntake, { "idempotency-key": "1" }))).toEqual({ "header.idempotency-key": "bad-form" });
});

test("an intake that fails half way leaves nothing", async () => {
  const admin = station.withToken(station.token);
  const count = async () => ((await (await admin("/api/cases?name=Zacarias")).json()) as { cases: unknown[] }).cases.length;
  // A lone surrogate is no text: it is refused before anything is written.
  expect((await send({ ...goodIntake, name: "Zacarias \ud800" })).status).toBe(400);
  expect(await count()).toBe(0);
});
