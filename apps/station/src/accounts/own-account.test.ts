import { Secret, TOTP } from "otpauth";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ask, passphrase, startTestStation, type TestStation } from "../testing/station.ts";

let station: TestStation;
beforeAll(async () => {
  station = await startTestStation({}, ["administrator", "clinician", "interpreter", "coordinator"]);
});
afterAll(() => station.close());

const status = async (answer: Promise<Response>) => (await answer).status;
const post = (ask: Ask, path: string, json?: object) => status(ask(path, json === undefined ? { method: "POST" } : { json }));
const signIn = (name: string, words: string, more: object = {}) =>
  status(station.nobody("/api/sign-in", { json: { name, passphrase: words, ...more } }));

test("a new passphrase takes the old one, ends every other session, and opens from then on", async () => {
  const [here, elsewhere] = [await station.signIn("clinician"), await station.signIn("clinician")];
  const next = "another long passphrase";
  expect(await post(here, "/api/me/passphrase", { passphrase: "wrong", next })).toBe(403);
  expect(await post(here, "/api/me/passphrase", { passphrase, next: "short" })).toBe(400);
  expect(await post(here, "/api/me/passphrase", { passphrase, next })).toBe(204);
  expect([await status(here("/api/me")), await status(elsewhere("/api/me"))]).toEqual([200, 401]);
  expect([await signIn("clinician", passphrase), await signIn("clinician", next)]).toEqual([401, 200]);
});

test("sign-out everywhere leaves the session that asks", async () => {
  const [here, elsewhere] = [await station.signIn("interpreter"), await station.signIn("interpreter")];
  expect(await post(here, "/api/me/sign-out-everywhere")).toBe(204);
  expect([await status(here("/api/me")), await status(elsewhere("/api/me"))]).toEqual([200, 401]);
});

test("the authenticator app is removed with passphrase and code, or by an administrator who resets the account", async () => {
  const [coordinator, administrator] = [await station.signIn("coordinator"), await station.signIn("administrator")];
  const enrol = async () => {
    const { secret } = (await (await coordinator("/api/me/totp", { method: "POST" })).json()) as { secret: string };
    const app = new TOTP({ secret: Secret.fromBase32(secret), algorithm: "SHA1", digits: 6, period: 30 });
    expect(await post(coordinator, "/api/me/totp/confirm", { code: app.generate() })).toBe(204);
    return app;
  };
  const app = await enrol();
  const later = { timestamp: Date.now() + 30_000 };
  const remove = (code: string) => post(coordinator, "/api/me/totp/remove", { passphrase, code });
  expect(await remove(app.generate())).toBe(400);
  expect(await remove(app.generate(later))).toBe(204);
  expect(await remove(app.generate(later))).toBe(409);
  expect(await signIn("coordinator", passphrase)).toBe(200);

  await enrol();
  const { user } = (await (await coordinator("/api/me")).json()) as { user: { id: string } };
  expect(await post(coordinator, `/api/accounts/${user.id}/reset`, { passphrase: "a fresh passphrase" })).toBe(403);
  expect(await post(administrator, `/api/accounts/${user.id}/reset`, { passphrase: "a fresh passphrase" })).toBe(200);
  expect(await status(coordinator("/api/me"))).toBe(401);
  expect(await signIn("coordinator", "a fresh passphrase")).toBe(200);
});

test("a disabled account is let in again; nobody disables themselves", async () => {
  const administrator = await station.signIn("administrator");
  const id = async (ask: Ask) => ((await (await ask("/api/me")).json()) as { user: { id: string } }).user.id;
  const interpreter = await id(await station.signIn("interpreter"));
  expect(await post(administrator, `/api/accounts/${await id(administrator)}/disable`)).toBe(409);
  expect(await post(administrator, `/api/accounts/${interpreter}/disable`)).toBe(204);
  expect(await signIn("interpreter", passphrase)).toBe(401);
  expect(await post(administrator, `/api/accounts/${interpreter}/enable`)).toBe(200);
  expect(await signIn("interpreter", passphrase)).toBe(200);
});

test("a licence is said to end soon before it ends", async () => {
  const administrator = await station.signIn("administrator");
  const me = await station.signIn("interpreter");
  const { user } = (await (await me("/api/me")).json()) as { user: { id: string } };
  const day = (days: number) => new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
  const state = async (until: string) => {
    await administrator(`/api/accounts/${user.id}/licence`, { json: { until, number: "OM-1234", yearsInPractice: 7 } });
    return ((await (await me("/api/me")).json()) as { licence: object }).licence;
  };
  expect(await state(day(200))).toMatchObject({ state: "valid", number: "OM-1234", yearsInPractice: 7 });
  expect(await state(day(20))).toMatchObject({ state: "ends-soon" });
  expect(await state(day(-2))).toMatchObject({ state: "ended" });
});
