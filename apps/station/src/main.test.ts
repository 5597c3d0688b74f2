import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { goodIntake, stationFiles } from "./testing/station.ts";

const main = join(import.meta.dirname, "main.ts");
const ended: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0)) await end();
});

async function files() {
  const made = await stationFiles({ logLevel: "info" }, ["administrator"]);
  ended.push(made.remove);
  return { ...made, path: await made.secret("station.json", JSON.stringify(made.config)) };
}

function start(path: string) {
  const child = fork(main, { env: { ...process.env, YIZHAN_CONFIG: path }, stdio: ["ignore", "pipe", "pipe", "ipc"] });
  ended.push(async () => {
    if (child.exitCode === null && child.signalCode === null) {
      child.kill("SIGKILL");
      await once(child, "exit");
    }
  });
  const output: string[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (text: Buffer) => output.push(text.toString()));
  return { child, output };
}

async function ready(child: ChildProcess): Promise<string> {
  const [message] = (await once(child, "message")) as [{ type: string; url: string }];
  return message.url;
}

async function stopped(child: ChildProcess): Promise<number | null> {
  if (child.exitCode === null) await once(child, "exit");
  return child.exitCode;
}

test("it starts, keeps a case over a restart, refuses 20 MB, writes no name to its log, and stops in order", async () => {
  const { path, token } = await files();
  const first = start(path);
  const url = await ready(first.child);
  const send = (body: string) =>
    fetch(`${url}/api/intake`, { method: "POST", body, headers: { "content-type": "application/json" } });
  const opened = await send(JSON.stringify(goodIntake));
  expect(opened.status).toBe(201);
  const { caseNumber } = (await opened.json()) as { caseNumber: string };

  const large = await send(JSON.stringify({ ...goodIntake, complaint: "x".repeat(20 * 1024 * 1024) })).then(
    (answer) => answer.status,
    // The socket may be closed while the rest is still being sent.
    () => 413,
  );
  expect(large).toBe(413);
  expect((await fetch(`${url}/healthz`)).status).toBe(200);
  expect((await fetch(`${url}/metrics`)).status).toBe(200);
  expect((await fetch(`${url}/metrics`, { headers: { "x-forwarded-for": "10.0.0.9" } })).status).toBe(401);

  first.child.kill("SIGTERM");
  expect(await stopped(first.child)).toBe(0);
  const second = start(path);
  const again = await ready(second.child);
  const found = await fetch(`${again}/api/cases?caseNumber=${caseNumber}`, { headers: { authorization: `Bearer ${token}` } });
  expect(await found.json()).toMatchObject({ cases: [{ caseNumber, name: goodIntake.name }] });
  // The supervisor is gone: the station goes too.
  second.child.disconnect();
  expect(await stopped(second.child)).toBe(0);
  const log = [...first.output, ...second.output].join("");
  for (const word of ["Ana", "João", "cabeça", caseNumber, token]) expect(log).not.toContain(word);
  expect(log).toContain("/api/intake");
}, 120_000);

test("an open configuration, a wrong one and a wrong root each stop it with a sentence", async () => {
  const { path, config } = await files();
  await chmod(path, 0o644);
  const open = start(path);
  expect(await stopped(open.child)).toBe(1);
  expect(open.output.join("")).toContain("chmod 600");

  await chmod(path, 0o600);
  const text = await readFile(path, "utf8");
  await writeFile(path, JSON.stringify({ ...config, port: "x", colour: "red" }));
  const wrong = start(path);
  expect(await stopped(wrong.child)).toBe(1);
  expect(wrong.output.join("")).toMatch(/port[\s\S]*colour|colour[\s\S]*port/);

  await writeFile(path, text);
  await writeFile(config.root.kind === "file" ? config.root.path : "", "not a key\n");
  const root = start(path);
  expect(await stopped(root.child)).toBe(1);
  expect(root.output.join("")).toContain("root key");
}, 120_000);
