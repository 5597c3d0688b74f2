import { execFile } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { type AddressInfo, connect, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer } from "node:tls";
import { promisify } from "node:util";
import { createLog, type NodeServer, serveNode } from "@yizhan/http";
import { afterAll, beforeAll, expect, test } from "vitest";
import { WebSocket } from "ws";
import { isFinal, openBridgeSocket, spokenPackets } from "../testing/bridge-socket.ts";
import { scriptedEngines } from "../testing/scripted-engines.ts";
import { startService, type TestService, testToken } from "../testing/service.ts";
import { spreadApp } from "./app.ts";

// Two real speech services behind TLS, and a third that shows another certificate. What they say tells them apart.
let folder = "";
let machines: { readonly name: string; readonly service: TestService; readonly door: Door }[] = [];
let spread: ReturnType<typeof spreadApp>;
let server: NodeServer;
const certificateName = "machine.mz.example.org";

interface Door {
  readonly url: string;
  open(): Promise<void>;
  /** As when the machine loses its power. */
  shut(): Promise<void>;
}

async function certificateIn(name: string): Promise<{ key: string; cert: string }> {
  const [key, cert] = [join(folder, `${name}.key`), join(folder, `${name}.pem`)];
  const made = "req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 1 -subj /CN=machine".split(" ");
  const names = ["-addext", `subjectAltName=DNS:${certificateName}`];
  await promisify(execFile)("openssl", [...made, ...names, "-keyout", key, "-out", cert]);
  return { key: await readFile(key, "utf8"), cert: await readFile(cert, "utf8") };
}

/** TLS in front of a service, as nginx stands there. */
async function doorOf(service: TestService, certificate: { key: string; cert: string }): Promise<Door> {
  const sockets = new Set<Socket>();
  const behind = Number(new URL(service.url).port);
  const made = () =>
    createServer(certificate, (socket) => {
      const inside = connect(behind, "127.0.0.1");
      for (const [one, other] of [
        [socket, inside],
        [inside, socket],
      ] as const) {
        sockets.add(one);
        one.on("error", () => other.destroy());
        one.on("close", () => {
          sockets.delete(one);
          other.destroy();
        });
      }
      socket.pipe(inside).pipe(socket);
    });
  let door = made();
  door.listen(0, "127.0.0.1");
  await once(door, "listening");
  const { port } = door.address() as AddressInfo;
  return {
    url: `https://127.0.0.1:${port}`,
    async open() {
      door = made();
      door.listen(port, "127.0.0.1");
      await once(door, "listening");
    },
    async shut() {
      const closed = once(door, "close");
      door.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "yizhan-spread-"));
  const [own, foreign] = await Promise.all([certificateIn("own"), certificateIn("foreign")]);
  const made = async (name: string, certificate: { key: string; cert: string }) => {
    const hear = { pt: Array.from({ length: 40 }, () => name).join(" ") };
    const service = await startService({ engines: scriptedEngines({ hear }), slots: 2 });
    return { name, service, door: await doorOf(service, certificate) };
  };
  machines = await Promise.all([made("first", own), made("second", own), made("stranger", foreign)]);
  const log = createLog("speech", "silent");
  spread = spreadApp({
    machines: machines.map(({ name, door }) => ({ name, url: door.url })),
    token: testToken,
    certificate: own.cert,
    certificateName,
    log,
    version: "test",
    lookEvery: 50,
  });
  await spread.spread.watch();
  const { app, upgrade, close } = spread;
  server = await serveNode({ app, host: "127.0.0.1", port: 0, log, upgrade, close });
});
afterAll(async () => {
  await server.close();
  await Promise.all(machines.map(({ door }) => door.shut()));
  await Promise.all(machines.map(({ service }) => service.close()));
  await rm(folder, { recursive: true, force: true });
});

const get = (path: string, init: RequestInit = {}) =>
  fetch(server.url + path, { ...init, headers: { authorization: `Bearer ${testToken}` } });
const tell = async (id: string, people: object) =>
  expect((await get(`/sessions/${id}/languages`, { method: "PUT", body: JSON.stringify(people) })).status).toBe(200);
const health = async () => (await (await fetch(`${server.url}/healthz`)).json()) as { status: string; machines: object };
const listed = async (base: (path: string) => Promise<Response>) =>
  ((await (await base("/sessions")).json()) as { sessions: { id: string }[] }).sessions.map(({ id }) => id).toSorted();
const whoHas = (id: string) =>
  machines.find(({ name }) =>
    spread.spread.machines.some((one) => one.name === name && one.sessions.some((session) => session.id === id)),
  );
/** When a machine came, went, or has other conferences than before. */
const changed = (fits: () => boolean) =>
  new Promise<void>((resolve) => {
    const look = () => {
      if (!fits()) return;
      stop();
      resolve();
    };
    const stop = spread.spread.onChange(look);
    look();
  });
const isUp = (name: string) => spread.spread.machines.find((one) => one.name === name)?.up === true;
const openBridge = (id: string) => openBridgeSocket(server.url.replace("http", "ws"), `sessionId=${id}&sendBack=true`);
async function heardIn(bridge: Awaited<ReturnType<typeof openBridge>>): Promise<string> {
  bridge.start("ana-a0");
  bridge.speak("ana-a0", await spokenPackets(), 1);
  return JSON.stringify(await bridge.until(isFinal));
}

test("whoever has no token hears nothing, and a machine with another certificate is none of ours", async () => {
  expect((await fetch(`${server.url}/sessions`)).status).toBe(401);
  const stranger = new WebSocket(`${server.url.replace("http", "ws")}/transcribe?sessionId=x&sendBack=true`);
  expect(String(await once(stranger, "error"))).toContain("401");
  expect(await health()).toMatchObject({
    status: "degraded",
    machines: { first: "up", second: "up", stranger: "gone" },
  });
  expect((await fetch(`${server.url}/machines/stranger/healthz`)).status).toBe(503);
  expect((await fetch(`${server.url}/machines/nobody/healthz`)).status).toBe(404);
});

test("each conference is on one machine, as many on each, and all are listed together", async () => {
  const ids = ["one", "two", "three", "four"];
  for (const id of ids) await tell(id, { ana: "pt" });
  for (const id of ids) await tell(id, { guest: "en" });
  const [first, second] = await Promise.all(machines.slice(0, 2).map(({ service }) => listed(service.get)));
  expect([...(first ?? []), ...(second ?? [])].toSorted()).toEqual(ids.toSorted());
  expect(first).toHaveLength(2);
  await changed(() => ids.every((id) => whoHas(id) !== undefined));
  expect(await listed(get)).toEqual(ids.toSorted());
  expect((await get("/voice")).status).toBe(200);
  expect(await (await get("/metrics")).text()).toMatch(/yizhan_speech_machine_conferences\{machine="first"\} [2-9]/);
});

test("when a machine dies its conference is taken up by another, in the languages that were told before", async () => {
  await tell("visit", { ana: "pt" });
  await changed(() => whoHas("visit") !== undefined);
  const had = whoHas("visit");
  const watch = await get("/sessions/visit/events");
  const bridge = await openBridge("visit");
  expect(await heardIn(bridge)).toContain(had?.name);

  await had?.door.shut();
  // The bridge and whoever watches are cut off at once, and come again.
  await bridge.closed;
  expect(await watch.text()).toContain("participant");
  const again = await openBridge("visit");
  const other = had?.name === "first" ? "second" : "first";
  expect(await heardIn(again)).toContain(other);
  expect(await health()).toMatchObject({ status: "degraded", machines: { [had?.name ?? ""]: "gone", [other]: "up" } });
  expect(await (await get("/metrics")).text()).toContain(`yizhan_speech_machine_up{machine="${had?.name}"} 0`);

  // It comes back: the conference stays where it is, new ones go to the machine with less to do.
  await had?.door.open();
  await changed(() => isUp(had?.name ?? ""));
  await tell("visit", { guest: "fr" });
  await tell("next", { ana: "pt" });
  await changed(() => whoHas("next") !== undefined);
  expect(whoHas("next")?.name).toBe(had?.name);
  again.close();
});

test("with no machine there it says so, to whoever asks and to every bridge", async () => {
  await Promise.all(machines.slice(0, 2).map(({ door }) => door.shut()));
  await changed(() => !isUp("first") && !isUp("second"));
  expect(await health()).toMatchObject({ status: "down" });
  const refused = await get("/sessions/late/languages", { method: "PUT", body: '{"ana":"pt"}' });
  expect(refused.status).toBe(503);
  expect(await refused.text()).toContain("No machine that hears is there");
  await expect(openBridge("late")).rejects.toThrow("503");
  await Promise.all(machines.slice(0, 2).map(({ door }) => door.open()));
  await changed(() => isUp("first") && isUp("second"));
  await tell("late", { ana: "pt" });
});
