import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Line } from "@yizhan/meet";
import { afterAll, beforeAll, expect, test } from "vitest";
import { createLog } from "@yizhan/http";
import { openStation } from "../station.ts";
import { type Ask, openTestCase, startTestStation, stationFiles, type TestStation } from "../testing/station.ts";

/** A speech service's HTTP side over a real socket: it tells what it is given, and remembers corrections. */
const watching = new Map<string, Set<ServerResponse>>();
const corrections: { url: string; body: unknown }[] = [];
let came: (() => void) | undefined;
const service = createServer((request, response) => {
  const [, session, what] = /^\/sessions\/([^/]+)\/(.*)$/.exec(request.url ?? "") ?? [];
  if (request.method === "PUT") {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      corrections.push({ url: request.url ?? "", body: JSON.parse(Buffer.concat(chunks).toString()) });
      response.writeHead(request.url?.endsWith("never-said") === true ? 404 : 204).end();
    });
    return;
  }
  if (session === undefined || what !== "events") return void response.writeHead(404).end();
  response.writeHead(200, { "content-type": "text/event-stream" }).flushHeaders();
  const here = watching.get(session) ?? new Set();
  watching.set(session, here.add(response));
  response.on("close", () => here.delete(response));
  came?.();
});
const tell = (session: string, event: object) => {
  for (const response of watching.get(session) ?? []) response.write(`data: ${JSON.stringify(event)}\n\n`);
};
/** Resolves when the station listens to a conversation. */
async function heard(session: string): Promise<void> {
  while ((watching.get(session)?.size ?? 0) === 0) await new Promise<void>((resolve) => (came = resolve));
}
const line = (segmentId: string, text: string, more: Partial<Line> = {}): Line => ({
  type: "line",
  segmentId,
  participant: { id: "p", tag: "p-a0", name: "Ana", language: "pt" },
  language: "pt",
  text,
  committed: text.length,
  final: true,
  pins: [],
  startedAt: Date.now() + 1_000,
  endedAt: Date.now() + 2_000,
  ...more,
});
const translation = (segmentId: string, text: string) => ({
  type: "translation",
  segmentId,
  from: "pt",
  to: "en",
  text,
  route: "phrase",
  pins: [],
  flags: [],
});

let station: TestStation;
let speech: { url: string; tokenFile: string };
let removeToken: () => Promise<void>;
let interpreter: Ask;
let clinician: Ask;
const consent = { agreed: true, language: "pt", given: "patient" } as const;
beforeAll(async () => {
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  const files = await stationFiles({}, []);
  removeToken = files.remove;
  const tokenFile = await files.secret("speech.token", "the-speech-token");
  speech = { url: `http://127.0.0.1:${(service.address() as AddressInfo).port}`, tokenFile };
  station = await startTestStation({ speech }, ["interpreter", "clinician", "second", "coordinator"]);
  interpreter = await station.signIn("interpreter");
  clinician = await station.signIn("clinician");
});
afterAll(async () => {
  service.closeAllConnections();
  service.close();
  await station.close();
  await removeToken();
});

/** A busy machine is no fault of the station. */
const busy = { timeout: 20_000 };

interface Lines {
  lines: { text: string; heard?: string; correctedBy?: string; speaker: string; translations: { text: string }[] }[];
}
async function kept(id: string, enough: (lines: Lines["lines"]) => boolean): Promise<Lines["lines"]> {
  const ask = async () => ((await (await clinician(`/api/cases/${id}/transcript`)).json()) as Lines).lines;
  await expect.poll(ask, busy).toSatisfy(enough);
  return ask();
}

test("what is said after the patient agreed is in the record, with translation and correction; before it nothing", async () => {
  const opened = await openTestCase(station);
  const path = "/api/sessions/visit-1/transcript";
  expect(await (await interpreter(path)).json()).toEqual({ kept: false });
  const answer = await interpreter(path, { json: { caseNumber: opened.caseNumber, consent } });
  expect(answer.status).toBe(201);
  expect(await answer.json()).toMatchObject({ kept: true, caseNumber: opened.caseNumber });
  expect((await interpreter(path, { json: { caseNumber: opened.caseNumber, consent } })).status).toBe(409);

  await heard("visit-1");
  tell("visit-1", line("s0", "antes do sim", { startedAt: Date.now() - 60_000 }));
  tell("visit-1", line("s1", "vomitei duas vezes"));
  tell("visit-1", line("s1", "vomitei duas", { final: false }));
  tell("visit-1", translation("s1", "I vomited twice"));
  tell("visit-1", line("s1", "vomitei duas vezes"));
  await kept(opened.id, (lines) => lines[0]?.translations.length === 1);
  const corrected = { text: "vomitei três vezes", pins: [], by: "interpreter", at: Date.now() };
  tell("visit-1", line("s1", "vomitei duas vezes", { corrected }));
  tell("visit-1", translation("s1", "I vomited three times"));
  const lines = await kept(opened.id, ([first]) => first?.translations[0]?.text === "I vomited three times");
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({
    text: "vomitei três vezes",
    heard: "vomitei duas vezes",
    correctedBy: "interpreter",
    speaker: "Ana",
  });

  const fhir = station.withToken(station.token);
  const found = (await (await fhir(`/fhir/Communication?patient:Patient.name=Ana`)).json()) as {
    total?: number;
    entry?: unknown[];
  };
  expect(found.entry).toHaveLength(1);
  tell("visit-1", { type: "ended" });
  await expect.poll(async () => (await interpreter(path)).json(), busy).toEqual({ kept: false });
  const visits = (await (await fhir(`/fhir/Encounter?based-on=ServiceRequest/${opened.id}`)).json()) as {
    entry: { resource: { status: string } }[];
  };
  expect(visits.entry.map(({ resource }) => resource.status)).toEqual(["finished"]);
});

test("it ends when the patient withdraws, and can be erased", async () => {
  const opened = await openTestCase(station);
  const path = "/api/sessions/visit-2/transcript";
  await clinician(path, { json: { caseNumber: opened.caseNumber, consent } });
  await heard("visit-2");
  tell("visit-2", line("a", "um"));
  await kept(opened.id, (lines) => lines.length === 1);

  const ana = await station.openRecord(opened);
  const { consents } = (await (await ana("/api/my/record")).json()) as { consents: { id: string; version: string }[] };
  const own = consents.find(({ version }) => version === "transcript-1");
  expect((await ana(`/api/my/consents/${own?.id}/withdraw`, { json: {} })).status).toBe(200);
  tell("visit-2", line("b", "dois"));
  await expect.poll(async () => (await clinician(path)).json(), busy).toEqual({ kept: false });
  expect(await kept(opened.id, (lines) => lines.length === 1)).toHaveLength(1);

  await clinician(path, { json: { caseNumber: opened.caseNumber, consent } });
  await expect.poll(async () => (await clinician(path)).json(), busy).toMatchObject({ kept: true });
  await heard("visit-2");
  tell("visit-2", line("c", "três"));
  await kept(opened.id, (lines) => lines.length === 2);
  expect((await clinician(`${path}/stop`, { json: { erase: true } })).status).toBe(200);
  expect(await kept(opened.id, (lines) => lines.length === 0)).toEqual([]);
  await expect.poll(() => watching.get("visit-2")?.size, busy).toBe(0);
});

test("a station that starts again goes on where it was", { timeout: 120_000 }, async () => {
  const first = await startTestStation({ speech }, ["clinician"]);
  const opened = await openTestCase(first);
  const doctor = await first.signIn("clinician");
  await doctor("/api/sessions/visit-4/transcript", { json: { caseNumber: opened.caseNumber, consent } });
  await heard("visit-4");
  tell("visit-4", line("a", "um"));
  await first.stop();
  await expect.poll(() => watching.get("visit-4")?.size, busy).toBe(0);
  const second = await openStation(first.config, createLog("station", "silent"));
  await heard("visit-4");
  tell("visit-4", line("a", "um"));
  tell("visit-4", line("b", "dois", { startedAt: Date.now() + 5_000 }));
  const ask = async () => {
    const headers = { authorization: `Bearer ${first.token}` };
    const answer = await second.app.request(`/api/cases/${opened.id}/transcript`, { headers });
    return ((await answer.json()) as Lines).lines.map(({ text }) => text);
  };
  await expect.poll(ask, busy).toEqual(["um", "dois"]);
  await second.close();
  await first.remove();
});

test("a conversation goes only into an open case of one's own; an interpreter names it by its number", async () => {
  const opened = await openTestCase(station);
  await clinician(`/api/cases/${opened.id}/claim`, { json: {} });
  const second = await station.signIn("second");
  const ask = (who: Ask, caseNumber: string, more: object = consent) =>
    who("/api/sessions/visit-3/transcript", { json: { caseNumber, consent: more } });
  expect((await ask(second, opened.caseNumber)).status).toBe(403);
  expect((await ask(interpreter, "MZ-0000-0000")).status).toBe(404);
  expect((await ask(interpreter, opened.caseNumber, { ...consent, agreed: false })).status).toBe(400);
  expect((await ask(interpreter, opened.caseNumber)).status).toBe(201);
  await interpreter("/api/sessions/visit-3/transcript/stop", { json: { erase: false } });
  await clinician(`/api/cases/${opened.id}/close`, { json: { outcome: "resolved" } });
  expect((await ask(interpreter, opened.caseNumber)).status).toBe(409);
  expect((await interpreter(`/api/cases/${opened.id}/transcript`)).status).toBe(403);
});

test("a correction reaches the speech service under the name of who made it", async () => {
  expect((await interpreter("/api/sessions/visit-1/lines/s1", { json: { text: "três" } })).status).toBe(204);
  expect(corrections.at(-1)).toEqual({ url: "/sessions/visit-1/lines/s1", body: { text: "três", by: "interpreter" } });
  expect((await interpreter("/api/sessions/visit-1/lines/never-said", { json: { text: "três" } })).status).toBe(404);
  expect((await interpreter("/api/sessions/visit-1/lines/s1", { json: { text: " " } })).status).toBe(400);
});
