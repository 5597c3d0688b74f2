import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type IncomingMessage, request as plainRequest, type Server } from "node:http";
import { request, type RequestOptions } from "node:https";
import { type AddressInfo, createServer as createTcp } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { loadRegion } from "@yizhan/region";
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderBundle } from "./render.ts";
import { certificateIn } from "./testing/programs.ts";
import { exampleSite } from "./testing/site.ts";

// A real nginx with the rendered file, on other ports, before something that answers as a station does.
let folder = "";
let nginx: ChildProcess | undefined;
let behind: Server;
const seen: IncomingMessage[] = [];
const ports = { http: 0, https: 0 };

async function freePort(): Promise<number> {
  const probe = createTcp().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "yizhan-nginx-"));
  const { certificate, key } = await certificateIn(folder);
  behind = createServer((incoming, answer) => {
    seen.push(incoming);
    if (incoming.url?.endsWith("/events") === true) {
      answer.writeHead(200, { "content-type": "text/event-stream" });
      answer.write("data: first\n\n");
      return;
    }
    let length = 0;
    incoming.on("data", (chunk: Buffer) => (length += chunk.length));
    incoming.on("end", () => answer.end(`${length}`));
  });
  behind.on("upgrade", (incoming, socket) => {
    seen.push(incoming);
    socket.end("HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\nhello");
  });
  behind.listen(0, "127.0.0.1");
  await once(behind, "listening");
  ports.http = await freePort();
  ports.https = await freePort();
  const region = await loadRegion(join(import.meta.dirname, "../../../regions"), "MZ");
  const { files } = renderBundle({ region, site: exampleSite("MZ"), release: "1" });
  const text = (files.find((file) => file.path === "/etc/nginx/nginx.conf")?.content ?? "")
    .replace("user www-data;", `user root;\ndaemon off;\nlock_file ${folder}/lock;`)
    .replaceAll(/listen \[::\]:\d+.*;/g, "")
    .replaceAll("listen 80 ", `listen 127.0.0.1:${ports.http} `)
    .replaceAll("listen 443 ", `listen 127.0.0.1:${ports.https} `)
    .replaceAll("127.0.0.1:4810", `127.0.0.1:${(behind.address() as AddressInfo).port}`)
    .replaceAll("/etc/yizhan/tls/certificate.pem", certificate)
    .replaceAll("/etc/yizhan/tls/key.pem", key)
    .replaceAll("/etc/nginx/mime.types", join(folder, "mime.types"))
    .replaceAll("buffer=16k flush=10s", "")
    .replaceAll("/run/nginx.pid", join(folder, "pid"))
    .replaceAll("/var/log/nginx", folder)
    .replaceAll("/var/lib/yizhan/agent", folder);
  await writeFile(join(folder, "mime.types"), "types { text/html html; }\n");
  await mkdir(join(folder, "page"));
  await writeFile(join(folder, "page/index.html"), "<h1>well</h1>");
  await writeFile(join(folder, "nginx.conf"), text);
  const started = spawn("nginx", ["-c", join(folder, "nginx.conf"), "-p", folder, "-g", "error_log stderr notice;"], {
    stdio: ["ignore", "ignore", "pipe"],
  });
  nginx = started;
  let log = "";
  await new Promise<void>((resolve, reject) => {
    started.stderr?.on("data", (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes("start worker process")) resolve();
    });
    started.once("exit", () => reject(new Error(log)));
  });
});
afterAll(async () => {
  behind.closeAllConnections();
  behind.close();
  if (nginx !== undefined && nginx.exitCode === null) {
    nginx.kill();
    await once(nginx, "exit");
  }
  await rm(folder, { recursive: true, force: true });
});

const to = (path: string, more: RequestOptions = {}): RequestOptions => ({
  host: "127.0.0.1",
  port: ports.https,
  path,
  servername: "mz.example.org",
  rejectUnauthorized: false,
  agent: false,
  ...more,
  headers: { host: "mz.example.org", ...more.headers },
});

async function ask(
  options: RequestOptions,
  body = "",
): Promise<{ status: number; text: string; headers: IncomingMessage["headers"] }> {
  const asked = request(options);
  asked.end(body);
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  let text = "";
  for await (const chunk of answer) text += String(chunk);
  return { status: answer.statusCode ?? 0, text, headers: answer.headers };
}

test("the station is behind TLS with HSTS, and hears whom it serves from nginx alone", async () => {
  const { status, headers } = await ask(to("/api/station", { headers: { "x-forwarded-for": "10.9.9.9" } }));
  expect(status).toBe(200);
  expect(headers["strict-transport-security"]).toMatch(/max-age=\d{8}/);
  expect(seen.at(-1)?.headers["x-forwarded-for"]).toBe("127.0.0.1");
  const asked = plainRequest({ host: "127.0.0.1", port: ports.http, path: "/desk", headers: { host: "evil.example" } });
  asked.end();
  const [answer] = (await once(asked, "response")) as [IncomingMessage];
  answer.resume();
  expect([answer.statusCode, answer.headers.location]).toEqual([308, "https://mz.example.org/desk"]);
});

test("figures are for this machine alone, the page for people is for all", async () => {
  expect((await ask(to("/metrics"))).status).toBe(404);
  expect((await ask(to("/health"))).text).toBe("<h1>well</h1>");
});

test("a name that is not ours gets no certificate", async () => {
  await expect(ask(to("/", { servername: "other.example.org" }))).rejects.toThrow(/unrecognized name|alert/i);
});

test("events come at once, a WebSocket passes", async () => {
  const events = request(to("/api/sessions/1/events"));
  events.end();
  const [answer] = (await once(events, "response")) as [IncomingMessage];
  const [first] = (await once(answer, "data")) as [Buffer];
  expect(first.toString()).toContain("first");
  events.destroy();
  const upgrade = request(to("/assisted/1", { headers: { connection: "Upgrade", upgrade: "websocket" } }));
  upgrade.end();
  const [, socket] = (await once(upgrade, "upgrade")) as [IncomingMessage, import("node:stream").Duplex];
  expect(seen.at(-1)?.headers).toMatchObject({ upgrade: "websocket", connection: "upgrade" });
  socket.destroy();
});

test("a large body passes, a larger one does not, and guessing is slowed down", async () => {
  expect((await ask(to("/fhir/Binary", { method: "POST" }), "x".repeat(20_000_000))).text).toBe("20000000");
  const length = String(65 * 1024 * 1024);
  expect((await ask(to("/fhir/Binary", { method: "POST", headers: { "content-length": length } }))).status).toBe(413);
  const tries = await Promise.all(Array.from({ length: 40 }, () => ask(to("/api/sign-in", { method: "POST" }))));
  expect(tries.filter((one) => one.status === 429).length).toBeGreaterThan(10);
});

test("no log says who asked for what", async () => {
  await ask(to("/api/cases?name=Amina%20Diallo"));
  const log = await readFile(join(folder, "access.log"), "utf8");
  expect(log).toMatch(/ mz\.example\.org api GET 200 /);
  for (const word of ["Amina", "cases", "127.0.0.1", "?"]) expect(log).not.toContain(word);
});
