import { fileURLToPath } from "node:url";
import { conferenceOf, readRecording, replayConference } from "@yizhan/meet/replay";
import { scaledClock } from "@yizhan/meet";
import { afterAll, beforeAll, expect, test } from "vitest";
import { clinicalTerms } from "./captions/clinical-terms.ts";
import { scriptedEngines } from "./testing/scripted-engines.ts";
import { startService, type TestService, testToken } from "./testing/service.ts";

const recording = (name: string) => fileURLToPath(new URL(`../recordings/${name}.jsonl.gz`, import.meta.url));
const speed = 8;
const engines = scriptedEngines({
  hear: { en: "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen" },
  translate: { "en>pt": (text) => `pt(${text})` },
});
let service: TestService;

beforeAll(async () => {
  service = await startService({ engines, clock: scaledClock(speed) });
});
afterAll(() => service.close());

test("a real bridge's conference comes out as captions and translations", async () => {
  const { header, frames } = await readRecording(recording("bridge-dtx"));
  const put = await service.get("/sessions/real/languages", {
    method: "PUT",
    body: JSON.stringify({ [header.speakers[0]?.endpointId ?? ""]: { language: "en", name: "Anna" }, guest: "pt" }),
  });
  expect(put.status).toBe(200);
  const watch = service.watch("real");
  const report = await replayConference({
    url: `${service.ws}/transcribe?sessionId=real&sendBack=true&sendBackInterim=true&lang=en`,
    token: testToken,
    items: conferenceOf({ header, frames }),
    requests: ["pt"],
    speed,
    pingInterval: 1_000,
  });
  await watch.until((event) => event.type === "ended");
  watch.close();

  expect(report.missedPongs).toBe(0);
  expect(report.pings).toBeGreaterThan(2);
  expect(report.connections).toBe(1);
  const finals = watch.events.filter((event) => event.type === "line" && event.final);
  const [first] = finals;
  const segment = first?.type === "line" ? first.segmentId : "";
  const correct = (id: string, body: object) =>
    service.get(`/sessions/real/lines/${id}`, { method: "PUT", body: JSON.stringify(body) });
  expect((await correct("never-said", { text: "one", by: "Inês" })).status).toBe(404);
  expect((await correct(segment, { text: " ", by: "Inês" })).status).toBe(422);
  const again = service.watch("real");
  expect((await correct(segment, { text: "take 50 mg", by: "Inês" })).status).toBe(204);
  await again.until((event) => event.type === "translation" && event.text === "pt(take 50 mg)");
  again.close();
  const corrected = again.events.findLast((event) => event.type === "line" && event.segmentId === segment);
  expect(corrected).toMatchObject({
    text: first?.type === "line" ? first.text : "",
    corrected: { text: "take 50 mg", by: "Inês" },
  });

  const list = (await service.get("/sessions/events")).body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await list?.read())?.value).toContain('"id":"real"');
  await service.get("/sessions/next/languages", { method: "PUT", body: JSON.stringify({ guest: "fr" }) });
  expect((await list?.read())?.value).toContain('"id":"next"');
  await list?.cancel();
  // Eight turns, four of each speaker; some pause within a turn.
  expect(finals.length).toBeGreaterThanOrEqual(8);
  expect(finals.length).toBeLessThanOrEqual(14);
  const captions = report.messages.flatMap(({ message }) =>
    message.event === "transcription-result" && message.type === "transcription-result" ? [message] : [],
  );
  expect(new Set(captions.map((caption) => caption.participant.id)).size).toBe(2);
  expect(captions.some((caption) => caption.is_interim)).toBe(true);
  for (const caption of captions) expect(caption.language).toBe("en");
  const translations = report.messages.filter(
    ({ message }) => message.event === "transcription-result" && message.type === "translation-result",
  );
  expect(translations.length).toBe(captions.filter((caption) => !caption.is_interim).length);
});

test("a whole temperature that was heard in Chinese asks for its tenth; one that somebody wrote does not", async () => {
  const terms = clinicalTerms(fileURLToPath(new URL("../../../locales", import.meta.url)));
  const own = await startService({
    engines: scriptedEngines({ hear: { zh: "昨天晚上38度" } }),
    terms,
    clock: scaledClock(speed),
  });
  const { header, frames } = await readRecording(recording("bridge-dtx"));
  await own.get("/sessions/fever/languages", { method: "PUT", body: JSON.stringify({ guest: "zh" }) });
  const watch = own.watch("fever");
  await replayConference({
    url: `${own.ws}/transcribe?sessionId=fever&sendBack=true&sendBackInterim=true&lang=zh`,
    token: testToken,
    items: conferenceOf({ header, frames }),
    requests: ["pt"],
    speed,
    pingInterval: 1_000,
  });
  await watch.until((event) => event.type === "ended");
  watch.close();
  const line = watch.events.find((event) => event.type === "line" && event.final);
  const segmentId = line?.type === "line" ? line.segmentId : "";
  expect(line).toMatchObject({ text: "昨天晚上38度", pins: expect.arrayContaining([tenths]) });
  const again = own.watch("fever");
  await own.get(`/sessions/fever/lines/${segmentId}`, { method: "PUT", body: JSON.stringify({ text: "昨天38度", by: "Inês" }) });
  const corrected = await again.until((event) => event.type === "line" && event.corrected !== undefined);
  again.close();
  expect(corrected).toMatchObject({ corrected: { text: "昨天38度", pins: expect.not.arrayContaining([tenths]) } });
  await own.close();
});

const tenths = expect.objectContaining({ value: "38 °C", candidates: ["38 °C", "38.? °C"] });
