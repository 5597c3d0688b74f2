import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { type AddressInfo, createServer } from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join } from "node:path";
import { type TurnCredentials, turnCredentials } from "@yizhan/meet/credentials";
import { loadRegion } from "@yizhan/region";
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderBundle } from "./render.ts";
import { exampleSite } from "./testing/site.ts";
import { certificateIn, run } from "./testing/programs.ts";

// A real coturn with the rendered file, and coturn's own client with the credentials that a station makes.
const secret = "0123456789abcdef0123456789abcdef";
let folder = "";
let server: ChildProcess | undefined;
let port = 0;
let log = "";
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
  const region = await loadRegion(join(import.meta.dirname, "../../../regions"), "MZ");
  const { files } = renderBundle({ region, site: exampleSite("MZ", { address: own }), release: "1" });
  const text = (files.find((file) => file.path === "/etc/turnserver.conf")?.content ?? "")
    .replaceAll("@@secret:turn@@", secret)
    .replace("listening-port=3478", `listening-port=${port}`)
    .replace("tls-listening-port=5349", `tls-listening-port=${tlsPort}`)
    .replace("/etc/yizhan/tls/certificate.pem", certificate)
    .replace("/etc/yizhan/tls/key.pem", key)
    .replace("syslog\n", "log-file=stdout\n");
  const path = join(folder, "turnserver.conf");
  await writeFile(path, text);
  const started = spawn(
    "turnserver",
    [
      "-c",
      path,
      "--listening-ip",
      own,
      "--relay-ip",
      own,
      "--pidfile",
      join(folder, "pid"),
      "--userdb",
      join(folder, "users"),
      "-v",
    ],
    { stdio: ["ignore", "pipe", "pipe"] },
  );
  server = started;
  await new Promise<void>((resolve, reject) => {
    const hear = (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes(`IPv4. TLS/TCP listener opened on : ${own}:${tlsPort}`) || log.includes("TLS/TCP listener opened"))
        resolve();
    };
    started.stdout?.on("data", hear);
    started.stderr?.on("data", hear);
    started.once("exit", () => reject(new Error(log)));
  });
});
afterAll(async () => {
  if (server !== undefined && server.exitCode === null) {
    server.kill();
    await once(server, "exit");
  }
  await rm(folder, { recursive: true, force: true });
});

/** Asks for a relay, and sends a packet through it: to another relay of its own, or to `peer`. */
async function relay({ username, credential }: TurnCredentials, peer?: string): Promise<string> {
  const to = peer === undefined ? ["-y"] : ["-e", peer];
  const parameters = ["-u", username, "-w", credential, "-n", "1", "-m", "1", ...to, "-p", `${port}`, own];
  const { stdout, stderr } = await run("timeout", ["8", "turnutils_uclient", ...parameters]).catch(
    (error: { stdout: string; stderr: string }) => error,
  );
  return stdout + stderr;
}

test("a credential that packages/meet makes opens a relay", async () => {
  expect(await relay(turnCredentials({ secret, user: "visit-1" })), log).toMatch(/tot_send_msgs=[1-9]\d*, tot_recv_msgs=[1-9]/);
});

test("an expired one, and one of another secret, do not", async () => {
  const yesterday = Date.now() - 2 * 86_400_000;
  expect(await relay(turnCredentials({ secret, user: "visit-1", now: yesterday }))).toContain("Cannot complete Allocation");
  expect(await relay(turnCredentials({ secret: "another", user: "visit-1" }))).toContain("Cannot complete Allocation");
});

test("nobody reaches what stands beside the relay", async () => {
  expect(await relay(turnCredentials({ secret, user: "visit-1" }), "127.0.0.1")).toMatch(/403|Forbidden/i);
});
