import { fork } from "node:child_process";
import { randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import { readdir } from "node:fs/promises";
import { join } from "node:path";
import { openDatabase } from "@yizhan/store";
import { startPostgres } from "@yizhan/store/testing";
import { afterEach, expect, test } from "vitest";
import { openStation } from "../../apps/station/src/station.ts";
import { stationFiles } from "../../apps/station/src/testing/station.ts";
import { createLog } from "@yizhan/http";
import { root } from "../support/local.ts";

const program = join(root, "apps/station/src/backup/main.ts");
const kills = 9;
const ended: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

interface Answer {
  readonly stage?: string;
  readonly done?: { readonly file: string; readonly keysFile: string };
  readonly failed?: { readonly code: string };
}

/** Runs the program; kills it after `lives` milliseconds where given. Its last word. */
async function runProgram(config: string, request: object, lives?: number): Promise<Answer | undefined> {
  const child = fork(program, [JSON.stringify(request)], {
    env: { PATH: process.env.PATH, YIZHAN_CONFIG: config },
    execArgv: ["--disable-warning=ExperimentalWarning"],
    stdio: ["ignore", "ignore", "ignore", "ipc"],
  });
  let last: Answer | undefined;
  child.on("message", (message) => (last = message as Answer));
  const timer = lives === undefined ? undefined : setTimeout(() => child.kill("SIGKILL"), lives);
  await once(child, "exit");
  clearTimeout(timer);
  return last;
}

test(`backing up and restoring, killed ${kills} times, leave a whole backup or none, the old data or the restored`, async () => {
  const server = await startPostgres({ settings: ["fsync=off"] });
  ended.push(() => server.stop());
  const files = await stationFiles({}, ["administrator"]);
  ended.push(files.remove);
  const url = await server.createDatabase("station");
  const urlFile = await files.secret("url", url);
  const keyUrlFile = await files.secret("key-url", await server.createDatabase("keys"));
  const settings = { ...files.config, database: { kind: "postgres" as const, urlFile, keyUrlFile } };
  const config = await files.secret("station.json", JSON.stringify(settings));

  const admit = async (count: number) => {
    const station = await openStation(settings, createLog("station", "silent"));
    for (let at = 0; at < count; at += 1) {
      const answer = await station.app.request("/fhir/Patient", {
        method: "POST",
        headers: { authorization: `Bearer ${files.token}`, "content-type": "application/fhir+json" },
        body: JSON.stringify({ resourceType: "Patient", name: [{ family: randomBytes(4).toString("hex") }] }),
      });
      expect(answer.status).toBe(201);
    }
    await station.close();
  };
  const patients = async () => {
    const database = await openDatabase({ kind: "postgres", url, connections: 1 });
    const rows = await database.kysely.selectFrom("resource").select("id").execute();
    await database.close();
    return rows.length;
  };
  await admit(5);
  const first = await runProgram(config, { do: "backup" });
  expect(first?.failed).toBeUndefined();
  const file = first?.done?.file ?? "";
  await admit(2);

  const began = performance.now();
  expect((await runProgram(config, { do: "restore", file }))?.failed).toBeUndefined();
  const whole = Math.ceil(performance.now() - began);
  expect(await patients()).toBe(5);
  for (let kill = 0; kill < kills; kill += 1) {
    await admit(1);
    const before = await patients();
    const request = kill % 3 === 0 ? { do: "backup" } : { do: "restore", file };
    const answer = await runProgram(config, request, randomInt(whole >> 2, whole));
    expect(answer?.failed).toBeUndefined();
    expect([before, request.do === "backup" ? before : 5]).toContain(await patients());
  }
  const backups = (await readdir(join(files.config.data, "backups"))).filter((name) => name.endsWith(".yzb"));
  for (const name of backups) {
    const answer = await runProgram(config, { do: "restore", file: join(files.config.data, "backups", name) });
    expect(answer).toHaveProperty("done");
  }
  await runProgram(config, { do: "drop-old" });
  expect(await runProgram(config, { do: "backup" })).toHaveProperty("done");
  await admit(1);
}, 300_000);
