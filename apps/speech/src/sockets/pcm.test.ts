import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { scriptedEngines } from "../testing/scripted-engines.ts";
import { startService, type TestService, testToken } from "../testing/service.ts";

let service: TestService;
/** What is spoken at the shared microphone. */
let spoken = "en";
beforeAll(async () => {
  service = await startService({
    engines: scriptedEngines({
      hear: { pt: "não tenho dor no peito hoje", en: "no chest pain today" },
      spoken: () => spoken,
      translate: { "pt>en": () => "no pain" },
    }),
  });
});
afterAll(() => service.close());

/** Sound of 16 kHz, 16 bit, mono: so many seconds of a loud tone. */
function pcm(seconds: number, level: number): Buffer {
  const bytes = Buffer.alloc(Math.round(seconds * 16_000) * 2);
  for (let index = 0; index < bytes.length; index += 2) bytes.writeInt16LE(Math.round(Math.sin(index / 10) * level), index);
  return bytes;
}

function opened(url: string, headers: Record<string, string> = {}): Promise<WebSocket> {
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, { headers });
    socket.on("open", () => resolve(socket));
    socket.on("error", reject);
  });
}

test("the older path: a header, sound, and results with its own names", async () => {
  const socket = await opened(`${service.ws}/streaming-whisper/ws/a%20room?auth_token=${testToken}`);
  const header = Buffer.alloc(60);
  header.write("ana|pt");
  const results: { type: string; participant_id: string; text: string; id: string }[] = [];
  const final = new Promise<void>((resolve) =>
    socket.on("message", (data) => {
      results.push(JSON.parse(String(data)));
      if (results.at(-1)?.type === "final") resolve();
    }),
  );
  socket.send("text is passed over");
  socket.send(Buffer.alloc(10));
  socket.send(Buffer.concat([header, pcm(1.8, 8_000)]));
  await final;
  expect(results.at(-1)).toMatchObject({ type: "final", participant_id: "ana", text: expect.stringMatching(/^não tenho dor/) });
  const { sessions } = (await (await service.get("/sessions")).json()) as { sessions: { id: string }[] };
  expect(sessions.map(({ id }) => id)).toContain("a room");
  socket.close();
});

test("the older path wants its token", async () => {
  await expect(opened(`${service.ws}/streaming-whisper/ws/room?auth_token=wrong`)).rejects.toThrow("401");
});

test("two microphones in one session, each in its language, one translation", async () => {
  const headers = { authorization: `Bearer ${testToken}` };
  const watch = service.watch("tablet");
  const patient = await opened(`${service.ws}/microphone?sessionId=tablet&participant=ana&lang=pt`, headers);
  const doctor = await opened(`${service.ws}/microphone?sessionId=tablet&participant=doctor&lang=en`, headers);
  patient.send(pcm(1.8, 8_000));
  doctor.send(pcm(1.2, 8_000));
  await watch.until((event) => event.type === "line" && event.final && event.participant.id === "doctor");
  await watch.until((event) => event.type === "line" && event.final && event.participant.id === "ana");
  const translation = await watch.until((event) => event.type === "translation" && event.from === "pt");
  expect(translation).toMatchObject({ to: "en", text: "no pain", route: "scripted", flags: [] });
  const missing = await watch.until((event) => event.type === "translation" && event.from === "en");
  expect(missing).toMatchObject({ to: "pt", text: "", flags: [{ code: "untranslated" }] });
  // Who joins later is shown what was said.
  const later = service.watch("tablet");
  await later.until((event) => event.type === "translation" && event.from === "en");
  expect(later.events.filter((event) => event.type === "line")).toHaveLength(2);
  for (const one of [patient, doctor]) one.close();
  for (const one of [watch, later]) one.close();
});

test("two people at one microphone: the language that is heard says who spoke, and it is shown once it is certain", async () => {
  const headers = { authorization: `Bearer ${testToken}` };
  const tell = (people: object) => service.get("/sessions/shared/languages", { method: "PUT", body: JSON.stringify(people) });
  expect(await (await tell({ ana: "pt", doctor: "en" })).json()).toMatchObject({ together: true });
  const watch = service.watch("shared");
  const both = await opened(`${service.ws}/microphone?sessionId=shared&participant=ana&participant=doctor`, headers);
  for (const [language, id] of [
    ["en", "doctor"],
    ["pt", "ana"],
  ] as const) {
    spoken = language;
    both.send(Buffer.concat([pcm(1.8, 8_000), pcm(1.2, 0)]));
    const line = await watch.until((event) => event.type === "line" && event.final && event.participant.id === id);
    expect(line).toMatchObject({ participant: { id, language } });
    await watch.until((event) => event.type === "translation" && event.from === language);
  }
  // No caption in the wrong language first: only finals.
  expect(watch.events.filter((event) => event.type === "line" && !event.final)).toEqual([]);
  expect(await (await tell({ ana: "pt", doctor: "sw" })).json()).toMatchObject({ together: false });
  both.close();
  watch.close();
});
