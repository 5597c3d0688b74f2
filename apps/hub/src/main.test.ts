import { type ChildProcess, fork } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { identityFromJson, type IdentityJson } from "@yizhan/federation";
import { fingerprint } from "@yizhan/vault";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { StationView } from "./fleet/status.ts";
import { settled, testStation } from "./testing/station.ts";

const root = join(import.meta.dirname, "../../..");
const passphrase = "correct horse battery staple";

describe("the hub as a process", () => {
  let directory: string;
  let config: string;
  let port: number;
  const token = randomBytes(24).toString("base64url");
  const running = new Set<ChildProcess>();
  const url = () => `http://127.0.0.1:${port}`;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), "yizhan-hub-process-"));
    port = await freePort();
    const file = async (name: string, value: unknown) => {
      const path = join(directory, name);
      await writeFile(path, typeof value === "string" ? value : JSON.stringify(value), { mode: 0o600 });
      return path;
    };
    const tokenSha256 = createHash("sha256").update(token).digest("hex");
    config = await file("hub.json", {
      country: "CN",
      regions: join(root, "regions"),
      locales: join(root, "locales"),
      data: join(directory, "data"),
      host: "127.0.0.1",
      port,
      publicUrl: url(),
      database: { kind: "pglite" },
      root: { kind: "file", path: await file("root.key", randomBytes(32).toString("hex")) },
      staff: await file("staff.json", [{ name: "ops", role: "operator", passphrase, language: "en" }]),
      invitations: await file("invitations.json", [{ node: "MZ", tokenSha256 }]),
      logLevel: "error",
    });
  });
  afterAll(async () => {
    for (const child of running) child.kill("SIGKILL");
    await rm(directory, { recursive: true, force: true });
  });

  /** Starts the hub and resolves once it says that it is ready. */
  async function start(): Promise<ChildProcess> {
    const child = fork(join(import.meta.dirname, "main.ts"), {
      env: { ...process.env, YIZHAN_CONFIG: config },
      stdio: "inherit",
    });
    running.add(child);
    child.once("exit", () => running.delete(child));
    const [message] = await Promise.race([once(child, "message"), once(child, "exit")]);
    expect(message).toEqual({ type: "ready", url: url() });
    return child;
  }

  async function kill(child: ChildProcess, signal: NodeJS.Signals): Promise<void> {
    const gone = once(child, "exit");
    child.kill(signal);
    await gone;
  }

  async function signIn(): Promise<string> {
    const headers = { "content-type": "application/json", "x-yizhan": "1" };
    const wrong = await fetch(`${url()}/api/sign-in`, {
      method: "POST",
      headers,
      body: JSON.stringify({ name: "ops", passphrase: "no" }),
    });
    expect(wrong.status).toBe(401);
    const right = await fetch(`${url()}/api/sign-in`, {
      method: "POST",
      headers,
      body: JSON.stringify({ name: "Ops", passphrase }),
    });
    expect(right.status).toBe(200);
    return right.headers.getSetCookie()[0]?.split(";")[0] ?? "";
  }

  it("counts each case once though it is killed again and again, and shows it to who signed in", async () => {
    let hub = await start();
    const keys = JSON.parse(await readFile(join(directory, "data/identity.json"), "utf8")) as IdentityJson;
    expect(keys.fingerprint).toBe(fingerprint(identityFromJson(keys)));
    expect((await fetch(`${url()}/api/fleet`)).status).toBe(401);

    const station = await testStation();
    const invitation = { hubUrl: url(), token, hub: { ...keys, fingerprint: keys.fingerprint ?? "" } };
    const agent = station.start({ invitation, maxBackOffMs: 300 });
    await settled(agent, ({ link }) => link === "connected");
    let cases = 0;
    for (let life = 0; life < 2; life += 1) {
      // Each case an envelope of its own, under way when the hub dies.
      const opening = (async () => {
        for (let one = 0; one < 15; one += 1) {
          await station.openCases(1);
          cases += 1;
          agent.agent.notify();
        }
      })();
      await agent.progress.next();
      await kill(hub, "SIGKILL");
      await opening;
      hub = await start();
    }
    await settled(agent, ({ pendingEvents }) => pendingEvents === 0);
    const cookie = await signIn();
    const fleet = (await (await fetch(`${url()}/api/fleet`, { headers: { cookie } })).json()) as { stations: StationView[] };
    expect(fleet.stations).toMatchObject([{ node: "MZ", status: "healthy", opened: cases, closed: 0 }]);

    const watching = new AbortController();
    const events = await fetch(`${url()}/api/fleet/events`, { headers: { cookie }, signal: watching.signal });
    const seen = watch(events, (stations) => stations[0]?.opened === cases + 1);
    const began = performance.now();
    await station.openCases(1);
    agent.agent.notify();
    await seen;
    expect(performance.now() - began).toBeLessThan(1_000);
    watching.abort();

    await agent.agent.close();
    await station.close();
    await kill(hub, "SIGTERM");
  }, 120_000);
});

async function watch(response: Response, wanted: (stations: readonly StationView[]) => boolean): Promise<void> {
  let text = "";
  const decoder = new TextDecoder();
  for await (const chunk of response.body ?? []) {
    text += decoder.decode(chunk, { stream: true });
    for (let end = text.indexOf("\n\n"); end >= 0; end = text.indexOf("\n\n")) {
      const event = text.slice(0, end);
      text = text.slice(end + 2);
      if (!event.startsWith("data: ")) continue;
      if (wanted((JSON.parse(event.slice(6)) as { stations: StationView[] }).stations)) return;
    }
  }
  throw new Error("the stream ended before what was waited for");
}

async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}
