import { createHmac } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ask, eventsOf, openTestCase, startTestStation, type TestStation } from "../testing/station.ts";
import type { Grant } from "./meet.ts";

/** A speech service over a real socket: it takes who speaks what, and sends what the test says. */
const told: { path: string; body: unknown }[] = [];
const watching = new Map<string, ServerResponse>();
const watched = Promise.withResolvers<void>();
const service = createServer((request, response) => {
  if (request.headers.authorization !== "Bearer the-speech-token") return void response.writeHead(401).end();
  const path = request.url ?? "";
  if (request.method === "PUT") {
    let body = "";
    request.on("data", (chunk) => (body += chunk));
    return void request.on("end", () => {
      told.push({ path, body: JSON.parse(body) });
      response.end("{}");
    });
  }
  response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
  watching.set(path, response);
  watched.resolve();
});

const secret = "an app secret of more than thirty-two bytes";
let station: TestStation;
let folder: string;
let ask: Record<"clinician" | "second" | "interpreter" | "pharmacist" | "coordinator" | "administrator", Ask>;
beforeAll(async () => {
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  folder = await mkdtemp(join(tmpdir(), "yizhan-calls-"));
  const secretFileOf = async (name: string, text: string) => {
    await writeFile(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const [tokenFile, tokenSecretFile, secretFile] = await Promise.all([
    secretFileOf("speech.token", "the-speech-token"),
    secretFileOf("jitsi-app", secret),
    secretFileOf("turn", "a relay's secret"),
  ]);
  station = await startTestStation({
    speech: { url: `http://127.0.0.1:${(service.address() as AddressInfo).port}`, tokenFile },
    meet: {
      url: "https://meet.example.org",
      domain: "meet.example.org",
      appId: "yizhan",
      tokenSecretFile,
      turn: { host: "turn.example.org", port: 3_478, tlsPort: 5_349, secretFile },
    },
  });
  const names = ["clinician", "second", "interpreter", "pharmacist", "coordinator", "administrator"] as const;
  const signed = await Promise.all(names.map(async (name) => [name, await station.signIn(name)] as const));
  ask = Object.fromEntries(signed) as typeof ask;
});
afterAll(async () => {
  await station.close();
  await rm(folder, { recursive: true, force: true });
  service.closeAllConnections();
  service.close();
});

const post = { method: "POST" };
async function granted(answer: Response): Promise<Grant> {
  expect(answer.status).toBe(200);
  return (await answer.json()) as Grant;
}
/** A patient in the waiting room: their questions with the cookie they have now, and what their page is told. */
async function waitingPatient() {
  const one = await openTestCase(station);
  const before = await station.openRecord(one);
  const answer = await before("/api/my/call/wait", post);
  expect(await answer.json()).toEqual({ available: true, captions: true, state: "waiting", people: [] });
  expect(answer.headers.get("set-cookie")).toMatch(/; Path=\/api\/my; Expires=.*; HttpOnly; SameSite=Strict$/);
  expect((await before("/api/my/record")).status).toBe(401);
  const cookie = /yizhan_patient=[^;]+/.exec(answer.headers.get("set-cookie") ?? "")?.[0] ?? "";
  const patient: Ask = (path, init = {}) =>
    station.nobody(path, { ...init, headers: { cookie, "x-yizhan": "1", ...init.headers } });
  const page = await eventsOf(patient, "/api/my/call/events");
  return { ...one, patient, page };
}

test("from the waiting room to the end of the call, each side sees the other at once", async () => {
  const listed = async (id: string) => {
    const { cases } = (await (await ask.clinician("/api/cases")).json()) as { cases: { id: string; inCall?: string }[] };
    return cases.find((one) => one.id === id)?.inCall;
  };
  const worklist = await eventsOf(ask.clinician, "/api/cases/events");
  await worklist.next();
  const { id, patient, page } = await waitingPatient();
  await worklist.next();
  expect(await listed(id)).toBe("waiting");
  expect(await page.next()).toMatchObject({ state: "waiting" });
  expect((await patient("/api/my/call", post)).status).toBe(409);
  const desk = await eventsOf(ask.clinician, `/api/cases/${id}/call/events`);
  expect(await desk.next()).toEqual({ available: true, patient: "waiting", people: [] });

  const doctor = await granted(await ask.clinician(`/api/cases/${id}/call`, post));
  expect(await page.next()).toMatchObject({ state: "ready" });
  const own = await granted(await patient("/api/my/call", post));
  expect(own.room).toBe(doctor.room);
  expect((await granted(await ask.coordinator(`/api/cases/${id}/call`, post))).room).toBe(doctor.room);

  const session = `/api/sessions/${doctor.room}`;
  await patient("/api/my/call/joined", { json: { participant: "a1b2c3d4", language: "pt" } });
  expect((await ask.clinician(`${session}/call/joined`, { json: { participant: "0d0c", language: "en" } })).status).toBe(204);
  expect(told).toEqual([
    { path: `/sessions/${doctor.room}/languages`, body: { a1b2c3d4: { language: "pt", name: "patient" } } },
    { path: `/sessions/${doctor.room}/languages`, body: { "0d0c": { language: "en", name: "clinician" } } },
  ]);
  expect(await (await ask.clinician(`/api/cases/${id}/call`)).json()).toMatchObject({
    call: { room: doctor.room },
    patient: "in-call",
    people: [
      { role: "patient", language: "pt" },
      { role: "clinician", language: "en" },
    ],
  });
  expect(await (await ask.interpreter(`${session}/call`)).json()).toEqual({ open: true });
  expect((await granted(await ask.interpreter(`${session}/call`, post))).room).toBe(doctor.room);
  await patient("/api/my/call/left", { json: { participant: "a1b2c3d4" } });
  expect(await listed(id)).toBe("waiting");

  expect((await ask.clinician(`/api/cases/${id}/call/end`, post)).status).toBe(204);
  let last: unknown;
  do last = await page.next();
  while ((last as { state: string }).state === "ready");
  expect(last).toMatchObject({ state: "waiting", people: [] });
  expect((await ask.interpreter(`${session}/call`, post)).status).toBe(404);
  await page.stop();
  do last = await desk.next();
  while ((last as { patient: string }).patient !== "away");
  await Promise.all([desk.stop(), worklist.stop()]);
  const again = await granted(await ask.clinician(`/api/cases/${id}/call`, post));
  expect(again.room).not.toBe(doctor.room);

  const visits = await station.withToken(station.token)(`/fhir/Encounter?based-on=ServiceRequest/${id}`);
  const { entry } = (await visits.json()) as { entry: { resource: { status: string; participant: unknown[] } }[] };
  expect(entry.map(({ resource }) => [resource.status, resource.participant.length]).sort()).toEqual([
    ["finished", 3],
    ["in-progress", 1],
  ]);
  const { entries } = (await (await ask.coordinator("/api/audit")).json()) as { entries: { action: string }[] };
  const seen = new Set(entries.map(({ action }) => action));
  for (const action of ["call.wait", "call.start", "call.join", "call.leave", "call.end"]) expect(seen).toContain(action);
});

test("a token opens its room alone, as nobody by name, for a quarter of an hour; only staff lead", async () => {
  const { id, caseNumber, patient, page } = await waitingPatient();
  const doctor = await granted(await ask.clinician(`/api/cases/${id}/call`, post));
  const own = await granted(await patient("/api/my/call", post));
  await page.stop();
  const read = ({ token }: Grant) => {
    const [head = "", body = "", signature] = token.split(".");
    expect(createHmac("sha256", secret).update(`${head}.${body}`).digest("base64url")).toBe(signature);
    return JSON.parse(Buffer.from(body, "base64url").toString()) as Record<string, number>;
  };
  const [leads, comes] = [read(doctor), read(own)];
  expect(leads).toMatchObject({
    iss: "yizhan",
    aud: "jitsi",
    sub: "meet.example.org",
    room: doctor.room,
    context: { user: { name: "Doctor", moderator: true } },
  });
  expect(comes).toMatchObject({ room: doctor.room, context: { user: { name: "Patient", moderator: false } } });
  expect(comes["context"]).toMatchObject({ features: { transcription: false, recording: false } });
  expect((comes["exp"] ?? 0) - (comes["iat"] ?? 0)).toBe(900);
  for (const word of ["Ana", caseNumber, id, "258"]) expect(JSON.stringify(comes)).not.toContain(word);
  expect(doctor.room).toMatch(/^v[a-z2-7]{26}$/);
  const [turn, turns] = own.iceServers;
  expect([turn?.urls, turns?.urls]).toEqual([
    "turn:turn.example.org:3478?transport=udp",
    "turns:turn.example.org:5349?transport=tcp",
  ]);
  const relayUntil = Number(turn?.username.split(":")[0]) * 1_000 - Date.now();
  expect(relayUntil).toBeGreaterThan(4 * 3_600_000 - 60_000);
  expect(relayUntil).toBeLessThanOrEqual(4 * 3_600_000);
});

test("who has no right to the case comes into no call of it", async () => {
  const { id, patient, page } = await waitingPatient();
  expect((await ask.clinician(`/api/cases/${id}/claim`, post)).status).toBe(200);
  const { room } = await granted(await ask.clinician(`/api/cases/${id}/call`, post));
  const status = async (who: Ask, path: string) => (await who(path, post)).status;
  expect(await status(ask.second, `/api/cases/${id}/call`)).toBe(403);
  expect(await status(ask.second, `/api/sessions/${room}/call`)).toBe(403);
  expect(await (await ask.second(`/api/sessions/${room}/call`)).json()).toEqual({ open: false });
  expect(await status(ask.second, `/api/cases/${id}/call/end`)).toBe(403);
  expect((await ask.second(`/api/cases/${id}/call/events`)).status).toBe(403);
  for (const who of [ask.pharmacist, ask.administrator, station.withToken(station.token)])
    expect(await status(who, `/api/sessions/${room}/call`)).toBe(403);
  expect(await status(ask.interpreter, `/api/cases/${id}/call`)).toBe(403);
  const stranger = await station.openRecord(await openTestCase(station));
  expect(await status(stranger, "/api/my/call")).toBe(409);
  for (const odd of ["consult", `v${"a".repeat(26)}`, "v%27%20or", "assisted-1"])
    expect(await status(ask.interpreter, `/api/sessions/${odd}/call`)).toBe(404);
  for (const json of [{ participant: "../x", language: "pt" }, { participant: "a", language: "?" }, { participant: "a" }])
    expect((await patient("/api/my/call/joined", { json })).status).toBe(400);
  // A closed case has no call any more, whoever asks.
  await page.next();
  expect((await ask.clinician(`/api/cases/${id}/close`, { json: { outcome: "resolved" } })).status).toBe(200);
  expect(await status(ask.clinician, `/api/cases/${id}/call`)).toBe(403);
  expect(await status(ask.coordinator, `/api/cases/${id}/call`)).toBe(409);
  expect(await status(ask.interpreter, `/api/sessions/${room}/call`)).toBe(404);
  expect(await status(patient, "/api/my/call")).toBe(409);
  let state: unknown;
  do state = await page.next();
  while ((state as { state: string }).state !== "closed");
  await page.stop();
});

test("the patient reads what is said in their language, and what was said where the translation is doubted", async () => {
  const { id, patient, page } = await waitingPatient();
  const { room } = await granted(await ask.clinician(`/api/cases/${id}/call`, post));
  const captions = await eventsOf(patient, "/api/my/call/captions/events?language=pt-BR&participant=me");
  await watched.promise;
  const say = (event: object) => watching.get(`/sessions/${room}/events`)?.write(`data: ${JSON.stringify(event)}\n\n`);
  const line = (segmentId: string, who: string, language: string, text: string, final = true) =>
    say({
      type: "line",
      segmentId,
      participant: { id: who, tag: who, language },
      language,
      text,
      committed: text.length,
      final,
      pins: [],
      startedAt: 1,
      endedAt: 2,
    });
  const translate = (segmentId: string, to: string, text: string, flags: object[] = []) =>
    say({ type: "translation", segmentId, from: "en", to, text, route: "bergamot", pins: [], flags });
  line("s1", "me", "pt", "Dói-me", false);
  line("s2", "dr", "en", "Take 500 mg");
  translate("s2", "zh", "请服用 500 毫克");
  translate("s2", "pt", "Tome 50 mg", [{ code: "number-changed", source: "500", target: "50" }]);
  line("s3", "dr", "en", "Twice a day");
  translate("s3", "pt", "Duas vezes por dia");
  line("s4", "dr", "en", "Goodbye");
  translate("s4", "pt", "", [{ code: "untranslated" }]);
  expect([await captions.next(), await captions.next(), await captions.next(), await captions.next()]).toEqual([
    { id: "s1", own: true, text: "Dói-me", language: "pt", final: false },
    { id: "s2", own: false, text: "Tome 50 mg", language: "pt", final: true, source: { text: "Take 500 mg", language: "en" } },
    { id: "s3", own: false, text: "Duas vezes por dia", language: "pt", final: true },
    { id: "s4", own: false, text: "Goodbye", language: "en", final: true },
  ]);
  await Promise.all([captions.stop(), page.stop()]);
});

test("pages may use the Jitsi's origin for scripts and frames, and no other", async () => {
  const { headers } = await station.nobody("/api/station");
  const policy = headers.get("content-security-policy") ?? "";
  expect(policy).toContain("script-src 'self' https://meet.example.org;");
  expect(policy).toContain("frame-src https://meet.example.org;");
  expect(headers.get("permissions-policy")).toContain('camera=(self "https://meet.example.org")');
  expect(await (await station.nobody("/api/station")).json()).toMatchObject({ calls: true });
});
