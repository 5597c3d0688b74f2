import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { createLog, serveNode } from "@yizhan/http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket, WebSocketServer } from "ws";
import { openStation } from "../station.ts";
import { passphrase, stationFiles } from "../testing/station.ts";
import { openTickets } from "./tickets.ts";

/** A speech service's sockets and voice, over real ones: it keeps what it is sent. */
const sound: { url: string; bytes: number }[] = [];
const told: string[] = [];
const heard = Promise.withResolvers<void>();
const service = createServer((request, response) => {
  if (request.headers.authorization !== "Bearer the-speech-token") return void response.writeHead(401).end();
  if (request.method === "PUT") {
    told.push(request.url ?? "");
    return void response.end('{"together":true}');
  }
  if (request.url === "/voice" && request.method === "GET") return void response.end('{"languages":["pt"]}');
  let body = "";
  request.on("data", (part: Buffer) => (body += part.toString()));
  request.on("end", () => {
    if (body.includes('"kk"')) return response.writeHead(404).end();
    if (body.includes("㍿")) return response.writeHead(422).end();
    return response.writeHead(200, { "content-type": "audio/wav" }).end("RIFF");
  });
});
const sockets = new WebSocketServer({ noServer: true });
service.on("upgrade", (request, socket, head) => {
  if (request.headers.authorization !== "Bearer the-speech-token") return socket.destroy();
  sockets.handleUpgrade(request, socket, head, (open) => {
    const source = { url: request.url ?? "", bytes: 0 };
    sound.push(source);
    open.on("message", (data: Buffer) => {
      source.bytes += data.length;
      if (source.bytes >= 6_400) heard.resolve();
    });
  });
});

const ends: (() => Promise<unknown>)[] = [];
let url = "";
let cookie = "";
beforeAll(async () => {
  await new Promise<void>((resolve) => service.listen(0, "127.0.0.1", resolve));
  const files = await stationFiles({}, ["interpreter"]);
  const speech = {
    url: `http://127.0.0.1:${(service.address() as AddressInfo).port}`,
    tokenFile: await files.secret("speech.token", "the-speech-token"),
  };
  const log = createLog("station", "silent");
  const station = await openStation({ ...files.config, speech }, log);
  const server = await serveNode({
    app: station.app,
    host: "127.0.0.1",
    port: 0,
    log,
    upgrade: station.upgrade,
    close: station.close,
  });
  url = server.url;
  ends.push(() => server.close(), files.remove);
  const answer = await fetch(`${url}/api/sign-in`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify({ name: "interpreter", passphrase }),
  });
  cookie = /yizhan_session=[^;]+/.exec(answer.headers.get("set-cookie") ?? "")?.[0] ?? "";
});
afterAll(async () => {
  for (const end of ends) await end();
  sockets.close();
  service.closeAllConnections();
  service.close();
});

const ask = (path: string, body?: object) =>
  fetch(`${url}${path}`, {
    headers: { cookie, "x-yizhan": "1", "content-type": "application/json" },
    ...(body === undefined ? {} : { method: "POST", body: JSON.stringify(body) }),
  });
const microphone = (ticket: string, query = "participant=a&lang=pt") =>
  new WebSocket(`${url.replace("http", "ws")}/assisted/microphone?${query}`, [`yizhan.ticket.${ticket}`]);
const refusal = (socket: WebSocket) =>
  new Promise<number>((resolve) => {
    socket.on("unexpected-response", (_request, answer) => resolve(answer.statusCode ?? 0));
    socket.on("open", () => resolve(101));
    socket.on("error", () => undefined);
  });

test("sound passes to the session's speaker, and a ticket is good once", async () => {
  const answer = (await (await ask("/api/assisted", { languages: { a: "pt", b: "en" } })).json()) as {
    session: string;
    ticket: string;
    together: boolean;
  };
  expect(answer.together).toBe(true);
  expect(told).toEqual([`/sessions/${answer.session}/languages`]);
  const socket = microphone(answer.ticket);
  socket.on("open", () => {
    for (let part = 0; part < 2; part += 1) socket.send(Buffer.alloc(3_200, 1));
  });
  await heard.promise;
  expect(sound[0]?.url).toBe(`/microphone?sessionId=${answer.session}&participant=a&lang=pt`);
  socket.close();
  expect(await refusal(microphone(answer.ticket))).toBe(401);
  const again = (await (await ask("/api/assisted", { session: answer.session })).json()) as typeof answer;
  expect(again.session).toBe(answer.session);
  // Two who were told of share one.
  const shared = microphone(again.ticket, "participant=a&participant=b");
  await once(shared, "open");
  await expect.poll(() => sound[1]?.url).toBe(`/microphone?sessionId=${answer.session}&participant=a&participant=b`);
  shared.close();
});

test("no ticket, a foreign session, a strange language: refused", async () => {
  expect(await refusal(microphone("guessed"))).toBe(401);
  expect((await ask("/api/assisted", { session: "visit-1" })).status).toBe(400);
  const odd = [
    "participant=a&lang=../x",
    "participant=a",
    "participant=a&participant=b&lang=pt",
    "participant=a&participant=../b",
    "participant=a&participant=b&participant=c",
    "lang=pt",
  ];
  for (const query of odd) {
    const { ticket } = (await (await ask("/api/assisted", {})).json()) as { ticket: string };
    expect(await refusal(microphone(ticket, query)), query).toBe(400);
  }
  expect((await fetch(`${url}/api/assisted`, { method: "POST", headers: { "x-yizhan": "1" } })).status).toBe(401);
});

test("lines are read aloud where there is a voice", async () => {
  expect(await (await ask("/api/voices")).json()).toEqual({ languages: ["pt"] });
  const spoken = await ask("/api/voices/speak", { text: "Olá", language: "pt" });
  expect([spoken.status, spoken.headers.get("content-type"), await spoken.text()]).toEqual([200, "audio/wav", "RIFF"]);
  expect((await ask("/api/voices/speak", { text: "Сәлем", language: "kk" })).status).toBe(404);
  // A line that cannot be read aloud is no trouble of the service's.
  expect((await ask("/api/voices/speak", { text: "5㍿", language: "zh" })).status).toBe(422);
});

test("a ticket that waited too long is worth nothing", () => {
  let now = 0;
  const tickets = openTickets(() => now);
  const [early, late] = [tickets.issue("s"), tickets.issue("s")];
  expect(tickets.take(early)).toBe("s");
  now = 30_001;
  expect(tickets.take(late)).toBeUndefined();
});
