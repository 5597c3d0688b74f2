import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Ask, startTestStation, stationFiles, type TestStation } from "../testing/station.ts";

/** A speech service's HTTP side over a real socket: one session, two captions, and a list of who watches. */
const watching = new Set<ServerResponse>();
const left = Promise.withResolvers<void>();
const service = createServer((request, response) => {
  if (request.headers.authorization !== "Bearer the-speech-token") return void response.writeHead(401).end();
  if (request.url === "/sessions") {
    return void response.writeHead(200, { "content-type": "application/json" }).end(
      JSON.stringify({
        sessions: [{ id: "consult", startedAt: "2026-11-22T10:00:00.000Z", participants: [{ id: "a", language: "pt" }] }],
      }),
    );
  }
  if (request.url !== "/sessions/consult/events") return void response.writeHead(404).end();
  response.writeHead(200, { "content-type": "text/event-stream" });
  response.write('data: {"type":"line","text":"Bom dia"}\n\n');
  watching.add(response);
  response.on("close", () => {
    watching.delete(response);
    left.resolve();
  });
});

let station: TestStation;
let interpreter: Ask;
beforeAll(async () => {
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  const { secret, remove } = await stationFiles({}, []);
  const tokenFile = await secret("speech.token", "the-speech-token");
  station = await startTestStation(
    { speech: { url: `http://127.0.0.1:${(service.address() as AddressInfo).port}`, tokenFile } },
    ["interpreter"],
  );
  await remove();
  interpreter = await station.signIn("interpreter");
});
afterAll(async () => {
  service.closeAllConnections();
  service.close();
  await station.close();
});

test("sessions come from the speech service", async () => {
  const answer = await interpreter("/api/sessions");
  expect(answer.status).toBe(200);
  expect(await answer.json()).toMatchObject({ sessions: [{ id: "consult", participants: [{ language: "pt" }] }] });
});

test("captions pass as they come, and nobody is left watching when the page goes", async () => {
  const answer = await interpreter("/api/sessions/consult/events");
  expect(answer.headers.get("content-type")).toContain("text/event-stream");
  const reader = answer.body?.pipeThrough(new TextDecoderStream()).getReader();
  expect((await reader?.read())?.value).toContain("Bom dia");
  for (const response of watching) response.write('data: {"type":"line","text":"Boa tarde"}\n\n');
  expect((await reader?.read())?.value).toContain("Boa tarde");
  await reader?.cancel();
  await left.promise;
  expect(watching.size).toBe(0);
});

test("an unknown session is not found; a name cannot climb out of its path", async () => {
  expect((await interpreter("/api/sessions/other/events")).status).toBe(404);
  expect((await interpreter("/api/sessions/..%2F..%2Fmetrics/events")).status).toBe(404);
});

test("without the service the booth is told so", async () => {
  service.closeAllConnections();
  await new Promise<void>((resolve) => service.close(() => resolve()));
  const answer = await interpreter("/api/sessions");
  expect(answer.status).toBe(503);
  expect(await answer.json()).toMatchObject({ error: { code: "unavailable" } });
});
