import { afterAll, beforeAll, expect, test } from "vitest";
import { passphrase, startTestStation, type TestStation } from "../testing/station.ts";

let station: TestStation;
beforeAll(async () => {
  station = await startTestStation();
});
afterAll(() => station.close());

const signIn = (name: string, words: string, more: object = {}) =>
  station.nobody("/api/sign-in", { json: { name, passphrase: words, ...more } });

test("the right words open a session in a cookie that scripts and other sites cannot use", async () => {
  const answer = await signIn("Clinician", passphrase);
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ user: { name: "clinician", role: "clinician", language: "pt" } });
  const cookie = answer.headers.get("set-cookie") ?? "";
  expect(cookie).toMatch(/^yizhan_session=[A-Za-z0-9_-]{43}; Path=\/; Expires=.*; HttpOnly; SameSite=Strict$/);
});

test("a session ends when it is signed out", async () => {
  const me = await station.signIn("interpreter");
  expect((await me("/api/me")).status).toBe(200);
  expect((await me("/api/sign-out", { method: "POST" })).status).toBe(204);
  expect((await me("/api/me")).status).toBe(401);
});

test("an unknown name and a wrong passphrase are the same answer", async () => {
  const [unknown, wrong] = [await signIn("nobody", "wrong words"), await signIn("clinician", "wrong words")];
  expect([unknown.status, wrong.status]).toEqual([401, 401]);
  const shape = async (answer: Response) => ((await answer.json()) as { error: object }).error;
  expect({ ...(await shape(unknown)), requestId: 0 }).toEqual({ ...(await shape(wrong)), requestId: 0 });
});

test("guessing closes the name, also for the right words", async () => {
  const guesses = await Promise.all(Array.from({ length: 12 }, (_, i) => signIn("pharmacist", `guess ${i}`)));
  expect(guesses.filter((answer) => answer.status === 429).length).toBe(2);
  expect((await signIn("pharmacist", passphrase)).status).toBe(429);
  expect((await signIn("clinician", passphrase)).status).toBe(200);
});

test.each([
  [{}],
  [{ name: "clinician" }],
  [{ name: "", passphrase: "x" }],
  [{ name: "a", passphrase: "b", code: "12345" }],
  [{ name: "a", passphrase: "b", role: "administrator" }],
])("%j is no sign-in", async (json) => {
  expect((await station.nobody("/api/sign-in", { json })).status).toBe(400);
});
