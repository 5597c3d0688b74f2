import { once } from "node:events";
import { readFile, readdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { goodIntake, passphrase, stationFiles } from "../../apps/station/src/testing/station.ts";
import { freePortBase, root, runKit } from "../support/local.ts";
import { type RunningApp, startApp } from "../support/nodes.ts";
import { findIn } from "../support/search.ts";

const main = join(root, "apps/station/src/main.ts");
const ended: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

async function kit(...parameters: string[]): Promise<{ code: number; output: string }> {
  const run = runKit(parameters);
  const [code] = await once(run.process, "exit");
  return { code: Number(code), output: run.output() };
}

async function start(config: string): Promise<RunningApp> {
  const app = await startApp(main, config);
  ended.push(() => app.kill());
  return app;
}

async function post(url: string, json: unknown, headers: Record<string, string> = {}): Promise<Response> {
  const answer = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json", "x-yizhan": "1", ...headers },
    body: JSON.stringify(json),
  });
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer;
}

const cookieOf = (answer: Response) => (answer.headers.get("set-cookie") ?? "").split(";")[0] ?? "";

/** The patient asks to be forgotten; the coordinator does it. */
async function forget(url: string, patient: { caseNumber: string; accessCode: string }): Promise<void> {
  await post(`${url}/api/my/forget`, {}, { cookie: cookieOf(await post(`${url}/api/my/sign-in`, patient)) });
  const cookie = cookieOf(await post(`${url}/api/sign-in`, { name: "coordinator", passphrase }));
  const { notices } = (await (await fetch(`${url}/api/notices`, { headers: { cookie } })).json()) as {
    notices: { id: string; kind: string }[];
  };
  const notice = notices.find((one) => one.kind === "forget-request");
  await post(`${url}/api/notices/${notice?.id}/forget`, {}, { cookie });
}

test("a running station is backed up, checked, and restored when stopped; the forgotten stay forgotten", async () => {
  const port = await freePortBase();
  const url = `http://127.0.0.1:${port}`;
  const files = await stationFiles({ port }, ["coordinator"]);
  ended.push(files.remove);
  const config = await files.secret("station.json", JSON.stringify(files.config));
  const first = await start(config);
  const open = async (name: string) =>
    (await (await post(`${url}/api/intake`, { ...goodIntake, name })).json()) as { caseNumber: string; accessCode: string };
  const ana = await open("Ana Sentinela Machava");
  const rui = await open("Rui Sentinela Sitoe");

  const backup = join(files.folder, "mz.yzb");
  const keys = join(files.folder, "mz.yzk");
  const made = await kit("backup", "MZ", "--config", config, "-o", backup, "--keys", keys);
  expect(made.output).toContain("found whole");
  expect(made.code).toBe(0);
  for (const path of [backup, keys]) {
    expect((await stat(path)).mode & 0o077).toBe(0);
    expect(findIn(await readFile(path), path, ["Sentinela", goodIntake.complaint, ana.caseNumber])).toEqual([]);
  }
  const metrics = await (await fetch(`${url}/metrics`)).text();
  for (const name of ["yizhan_backup_last_success", "yizhan_restore_test_last_success"]) {
    const seconds = Number(new RegExp(`^${name}_timestamp_seconds (\\S+)$`, "m").exec(metrics)?.[1]);
    expect(Math.abs(seconds - Date.now() / 1000)).toBeLessThan(120);
  }

  const audited = await kit("audit", "verify", "MZ", "--config", config, "--json");
  expect(audited.code).toBe(0);
  const report = JSON.parse(audited.output) as { whole: boolean; entries: number; checkpoints: { count: number } };
  expect(report).toMatchObject({ whole: true, country: "MZ", checkpoints: { count: 1 }, restored: [] });

  const busy = await kit("restore", "MZ", backup, "--config", config);
  expect(busy.code).toBe(1);
  expect(busy.output).toContain("Stop the station");

  await forget(url, ana);
  const eva = await open("Eva Depois");
  await first.stop();
  const done = await kit("restore", "MZ", backup, "--config", config);
  expect(done.output).toContain("1 forgotten patient stays forgotten");
  expect(done.code).toBe(0);
  // Checkpoints over what is no longer there went aside with it.
  const after = await kit("audit", "verify", "MZ", "--config", config);
  expect(after.output).toMatch(/audit log of MZ is whole: \d+ entries, from .* to .*/);
  expect(after.output).toContain("restored from a backup once");
  expect(after.code).toBe(0);

  await start(config);
  const headers = { authorization: `Bearer ${files.token}` };
  const numbers = (
    (await (await fetch(`${url}/api/cases?status=open`, { headers })).json()) as { cases: { caseNumber: string }[] }
  ).cases;
  expect(numbers.map((one) => one.caseNumber)).toEqual([rui.caseNumber]);
  for (const gone of [ana, eva]) {
    const answer = await fetch(`${url}/api/my/sign-in`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(gone),
    });
    expect(answer.status).toBe(404);
  }
  const beside = await readdir(files.config.data);
  expect(beside).toContain("tombstones.yzt");
  expect(beside.filter((name) => name.startsWith("db.before-"))).toHaveLength(1);
  const notes = join(files.config.data, "audit-checkpoints");
  await writeFile(notes, (await readFile(notes, "utf8")).replace(/^(.*\n)\d+\n/, "$199999\n"));
  const forged = await kit("audit", "verify", "MZ", "--config", config);
  expect(forged.output).toContain("was not signed by this station");
  expect(forged.code).toBe(1);
  const refused = await kit("restore", "MZ", "--drop-old", "--config", config);
  expect(refused.output).toContain("Stop the station");
}, 280_000);
