import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ask, openTestCase, passphrase, startTestStation, type TestStation } from "../testing/station.ts";

let station: TestStation;
let administrator: Ask;
beforeAll(async () => {
  station = await startTestStation({}, ["administrator", "clinician"]);
  administrator = await station.signIn("administrator");
});
afterAll(() => station.close());

interface AccountAnswer {
  account: { id: string; licence?: { state: string } };
}

test("a licence that ran out stops new cases at once", async () => {
  const clinician = await station.signIn("clinician");
  const { user } = (await (await clinician("/api/me")).json()) as { user: { id: string } };
  const { id } = await openTestCase(station);
  const licence = (until: string) => administrator(`/api/accounts/${user.id}/licence`, { json: { until } });
  expect((await licence("2020-01-01")).status).toBe(200);
  const claim = await clinician(`/api/cases/${id}/claim`, { method: "POST" });
  expect(claim.status).toBe(403);
  expect(await claim.text()).toContain("licence");
  expect((await licence("2020-13-01")).status).toBe(400);
  expect((await licence("2999-01-01")).status).toBe(200);
  expect((await clinician(`/api/cases/${id}/claim`, { method: "POST" })).status).toBe(200);
});

test("a new account signs in, a second of its name is refused, a disabled one is out at once", async () => {
  const json = { name: "Doutora Inês", role: "clinician", language: "pt", passphrase: "a long passphrase" };
  const made = await administrator("/api/accounts", { json });
  expect(made.status).toBe(201);
  const { account } = (await made.json()) as AccountAnswer;
  expect((await administrator("/api/accounts", { json: { ...json, name: "DOUTORA INÊS" } })).status).toBe(409);
  expect((await administrator("/api/accounts", { json: { ...json, name: "x", passphrase: "short" } })).status).toBe(400);
  expect((await administrator("/api/accounts", { json: { ...json, name: "x", role: "operator" } })).status).toBe(400);
  const answer = await station.nobody("/api/sign-in", { json: { name: "doutora inês", passphrase: json.passphrase } });
  const headers = { cookie: answer.headers.get("set-cookie")?.split(";")[0] ?? "" };
  expect((await station.nobody("/api/me", { headers })).status).toBe(200);
  expect((await administrator(`/api/accounts/${account.id}/disable`, { method: "POST" })).status).toBe(204);
  expect((await station.nobody("/api/me", { headers })).status).toBe(401);
  expect((await station.nobody("/api/sign-in", { json: { name: json.name, passphrase: json.passphrase } })).status).toBe(401);
});

test("with an authenticator app the passphrase alone no longer opens, and a code opens once", async () => {
  const begun = await administrator("/api/me/totp", { method: "POST" });
  const { secret } = (await begun.json()) as { secret: string };
  const app = new TOTP({ secret: Secret.fromBase32(secret), algorithm: "SHA1", digits: 6, period: 30 });
  const code = app.generate();
  const wrong = String((Number(code) + 1) % 1_000_000).padStart(6, "0");
  expect((await administrator("/api/me/totp/confirm", { json: { code: wrong } })).status).toBe(400);
  expect((await administrator("/api/me/totp/confirm", { json: { code } })).status).toBe(204);
  const signIn = (more: object) => station.nobody("/api/sign-in", { json: { name: "administrator", passphrase, ...more } });
  const bare = await signIn({});
  expect(bare.status).toBe(401);
  expect(await bare.json()).toMatchObject({ error: { code: "code-needed" } });
  // The code that confirmed is spent; the next step's is good, once.
  expect((await signIn({ code })).status).toBe(401);
  const next = app.generate({ timestamp: Date.now() + 30_000 });
  expect((await signIn({ code: next })).status).toBe(200);
  expect((await signIn({ code: next })).status).toBe(401);
});
