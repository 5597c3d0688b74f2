import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createSocket } from "node:dgram";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { turnCredentials } from "@yizhan/meet/credentials";
import { probeTurn, type TurnServer } from "@yizhan/meet/probe";
import { loadRegion } from "@yizhan/region";
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderBundle } from "./render.ts";
import { exampleSite } from "./testing/site.ts";
import { certificateIn, run } from "./testing/programs.ts";

// A real coturn with the rendered file, asked with the credentials that a station makes.
const secret = "0123456789abcdef0123456789abcdef";
let folder = "";
let server: ChildProcess | undefined;
let port = 0;
let turn: TurnServer;
let rendered = "";
let said = () => "";
const own =
  Object.values(networkInterfaces())
    .flatMap((all) => all ?? [])
    .find((one) => one.family === "IPv4" && !one.internal)?.address ?? "127.0.0.1";

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, own);
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "yizhan-turn-"));
  const { certificate, key } = await certificateIn(folder);
  port = await freePort();
  const tlsPort = await freePort();
  turn = { address: own, port, tlsPort, name: "x", authority: await readFile(certificate, "utf8") };
  const region = await loadRegion(join(import.meta.dirname, "../../../regions"), "MZ");
  const { files } = renderBundle({ region, site: exampleSite("MZ", { address: own }), release: "1" });
  const text = (files.find((file) => file.path === "/etc/turnserver.conf")?.content ?? "")
    .replaceAll("@@secret:turn@@", secret)
    .replace("listening-port=3478", `listening-port=${port}`)
    .replace("tls-listening-port=5349", `tls-listening-port=${tlsPort}`)
    .replace("/etc/yizhan/tls/certificate.pem", certificate)
    .replace("/etc/yizhan/tls/key.pem", key)
    .replace("syslog\n", "log-file=stdout\n");
  rendered = text;
  ({ server, said } = await coturn("turnserver.conf", (same) => same));
});
afterAll(async () => {
  await stop(server);
  await rm(folder, { recursive: true, force: true });
});

/** Starts one with the rendered file, or with what `change` makes of it. */
async function coturn(name: string, change: (rendered: string) => string) {
  const path = join(folder, name);
  await writeFile(path, change(rendered));
  const places = ["--pidfile", `${path}.pid`, "--userdb", `${path}.users`];
  const started = spawn("turnserver", ["-c", path, "--listening-ip", own, "--relay-ip", own, ...places, "-v"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let log = "";
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      log += chunk.toString();
      // The last that it says: UDP, and who judges credentials, come after TCP.
      if (log.includes("IO method (admin thread)")) resolve();
    };
    started.stdout.on("data", hear);
    started.stderr.on("data", hear);
    started.once("exit", () => reject(new Error(log)));
  });
  return { server: started, said: () => log };
}

async function stop(started: ChildProcess | undefined): Promise<void> {
  if (started === undefined || started.exitCode !== null) return;
  started.kill();
  await once(started, "exit");
}

test("a credential that packages/meet makes relays: data goes through two relays and back, over UDP, TCP and TLS", async () => {
  const { outcomes, ok, refusesOthers } = await probeTurn(turn, turnCredentials({ secret, user: "check" }));
  const well = { ok: true, seenAs: expect.stringMatching(new RegExp(`^${own.replaceAll(".", "\\.")}:\\d+$`)) };
  expect(outcomes).toMatchObject({ udp: well, tcp: well, tls: well });
  expect({ ok, refusesOthers }).toEqual({ ok: true, refusesOthers: true });
  // The six relays that it took are given back at once.
  expect(said().match(/:check>.*lifetime=0/g)).toHaveLength(6);
});

test("an expired credential, and one of another secret, are refused", async () => {
  const yesterday = Date.now() - 2 * 86_400_000;
  for (const bad of [
    turnCredentials({ secret, user: "check", now: yesterday }),
    turnCredentials({ secret: "another", user: "check" }),
  ]) {
    const refused = { ok: false, fault: "credential" };
    expect((await probeTurn(turn, bad)).outcomes).toMatchObject({ udp: refused, tcp: refused, tls: refused });
  }
});

test("without a credential it is asked who we are, and no more", async () => {
  const well = { ok: true, relayed: false, seenAs: expect.stringContaining(own) };
  expect((await probeTurn(turn)).outcomes).toMatchObject({ udp: well, tcp: well, tls: well });
});

test("a relay that takes anybody is told from a good one", async () => {
  const [openPort, openTls] = [await freePort(), await freePort()];
  const { server: open } = await coturn("open.conf", (text) =>
    text
      .replace("use-auth-secret\n", "no-auth\n")
      .replace(/static-auth-secret=.*\n/, "")
      .replace(`listening-port=${port}`, `listening-port=${openPort}`)
      .replace(/tls-listening-port=.*/, `tls-listening-port=${openTls}`),
  );
  const { outcomes, refusesOthers } = await probeTurn(
    { ...turn, port: openPort, tlsPort: openTls },
    turnCredentials({ secret, user: "check" }),
  );
  await stop(open);
  expect(refusesOthers).toBeUndefined();
  expect(outcomes).toMatchObject({ udp: { ok: false, fault: "open" }, tls: { ok: true } });
});

test("tells a closed port, a silent one and a foreign certificate from one another", async () => {
  const silent = createSocket("udp4").bind(0, own);
  await once(silent, "listening");
  const credential = turnCredentials({ secret, user: "check" });
  const closed = await freePort();
  const elsewhere = await probeTurn({ ...turn, port: closed, name: "somebody.example.org" }, credential);
  const refused = { ok: false, fault: "closed" };
  expect(elsewhere.outcomes).toMatchObject({ udp: refused, tcp: refused, tls: { ok: false, fault: "certificate" } });
  const unheard = await probeTurn({ ...turn, port: silent.address().port, authority: undefined }, credential, 900);
  expect(unheard.outcomes).toMatchObject({ udp: { fault: "silent" }, tls: { fault: "certificate" } });
  expect(unheard.ok).toBe(false);
  silent.close();
});

test("nobody reaches what stands beside the relay: coturn's own client is refused too", async () => {
  const { username, credential } = turnCredentials({ secret, user: "visit-1" });
  const parameters = ["-u", username, "-w", credential, "-n", "1", "-m", "1", "-e", "127.0.0.1", "-p", `${port}`, own];
  const { stdout, stderr } = await run("timeout", ["8", "turnutils_uclient", ...parameters]).catch(
    (error: { stdout: string; stderr: string }) => error,
  );
  expect(stdout + stderr).toMatch(/403|Forbidden/i);
});
