import { createHash, randomBytes } from "node:crypto";
import { once } from "node:events";
import { readFile, readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { fleetUntil } from "../support/fleet.ts";
import { runKit } from "../support/local.ts";
import { makePair, type RunningApp } from "../support/nodes.ts";
import { account, ana, askForCare, type Receipt, signIn } from "../support/patients.ts";
import { findIn } from "../support/search.ts";

const ended: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

async function kit(...parameters: string[]): Promise<{ code: number; output: string }> {
  const run = runKit(parameters);
  const [code] = await once(run.process, "exit");
  return { code: Number(code), output: run.output() };
}

function running(app: RunningApp): RunningApp {
  ended.push(() => app.kill());
  return app;
}

test("a running station is backed up, checked, and restored when stopped; the forgotten stay forgotten, and the hub counts nobody twice", async () => {
  const pair = await makePair();
  ended.push(() => rm(pair.data, { recursive: true }));
  const { stationUrl: url, stationData, stationSecrets } = pair;
  const hub = running(await pair.startHub());
  const operator = await signIn(pair.hubUrl, account(pair.hubSecrets, "operator"));
  const atHub = (opened: number) =>
    fleetUntil(pair.hubUrl, operator, (one) => one.opened >= opened && one.pendingEvents === 0, 60_000);
  const first = running(await pair.startStation());
  const bearer = { authorization: `Bearer ${stationSecrets.apiToken}` };
  const station = (...parameters: string[]) => kit(...parameters, "--data", pair.data);
  const open = (name: string) => askForCare(url, { ...ana, name });
  const anaCase = await open("Ana Sentinela Machava");
  const rui = await open("Rui Sentinela Sitoe");

  const casesOf = async (query: string) =>
    (
      (await (await fetch(`${url}/api/cases?${query}`, { headers: bearer })).json()) as {
        cases: { id: string; caseNumber: string }[];
      }
    ).cases;
  const patientOf = async ({ caseNumber }: Receipt) => {
    const [found] = await casesOf(`caseNumber=${caseNumber}`);
    const answer = await fetch(`${url}/api/cases/${found?.id}`, { headers: bearer });
    return ((await answer.json()) as { resources: { patient: string } }).resources.patient;
  };
  const image = randomBytes(5 * 1024 * 1024);
  const attach = async (one: Receipt) => {
    const answer = await fetch(`${url}/fhir/Binary`, {
      method: "POST",
      headers: { ...bearer, "content-type": "application/dicom", "x-security-context": `Patient/${await patientOf(one)}` },
      body: image,
    });
    expect(answer.status).toBe(201);
    return `${url}/fhir/Binary/${/Binary\/([^/]+)/.exec(answer.headers.get("location") ?? "")?.[1]}`;
  };
  const [anas, ruis] = [await attach(anaCase), await attach(rui)];
  const administrator = await signIn(url, account(stationSecrets, "administrator"));
  const lab = await administrator.post<{ id: string; secret: string }>("/api/tokens", {
    name: "Lab",
    scopes: "system/Patient.rs",
  });

  const backup = join(pair.data, "mz.yzb");
  const keys = join(pair.data, "mz.yzk");
  const made = await station("backup", "MZ", "-o", backup, "--keys", keys);
  expect(made.output).toContain("found whole");
  expect(made.code).toBe(0);
  for (const path of [backup, keys]) {
    expect((await stat(path)).mode & 0o077).toBe(0);
    expect(findIn(await readFile(path), path, ["Sentinela", ana.complaint, anaCase.caseNumber])).toEqual([]);
  }
  const metrics = await (await fetch(`${url}/metrics`)).text();
  for (const name of ["yizhan_backup_last_success", "yizhan_restore_test_last_success"]) {
    const seconds = Number(new RegExp(`^${name}_timestamp_seconds (\\S+)$`, "m").exec(metrics)?.[1]);
    expect(Math.abs(seconds - Date.now() / 1000)).toBeLessThan(120);
  }
  const audited = await station("audit", "verify", "MZ", "--json");
  expect(audited.code).toBe(0);
  expect(JSON.parse(audited.output)).toMatchObject({ whole: true, country: "MZ", checkpoints: { count: 1 }, restored: [] });

  const busy = await station("restore", "MZ", backup);
  expect(busy.code).toBe(1);
  expect(busy.output).toContain("Stop the station");

  // After the backup: Ana asks to be forgotten, Eva comes, the laboratory's token is revoked.
  const headers = { "content-type": "application/json", "x-yizhan": "1" };
  const signedIn = await fetch(`${url}/api/my/sign-in`, { method: "POST", headers, body: JSON.stringify(anaCase) });
  const cookie = signedIn.headers.get("set-cookie")?.split(";")[0] ?? "";
  await fetch(`${url}/api/my/forget`, { method: "POST", headers: { ...headers, cookie }, body: "{}" });
  const coordinator = await signIn(url, account(stationSecrets, "coordinator"));
  const { notices } = await coordinator.get<{ notices: { id: string; kind: string }[] }>("/api/notices");
  const notice = notices.find((one) => one.kind === "forget-request");
  const staff = (who: { cookie: string }, path: string) =>
    fetch(`${url}${path}`, { method: "POST", headers: { ...headers, cookie: who.cookie }, body: "{}" });
  expect((await staff(coordinator, `/api/notices/${notice?.id}/forget`)).status).toBe(204);
  const eva = await open("Eva Depois");
  expect((await staff(administrator, `/api/tokens/${lab.id}/revoke`)).status).toBe(204);
  // Somebody leaves, and not in peace.
  const { accounts } = await administrator.get<{ accounts: { id: string; role: string }[] }>("/api/accounts");
  const leaver = accounts.find(({ role }) => role === "interpreter");
  expect((await staff(administrator, `/api/accounts/${leaver?.id}/disable`)).status).toBe(204);
  await atHub(3);
  await first.stop();

  const done = await station("restore", "MZ", backup);
  expect(done.output).toContain("1 forgotten patient stays forgotten");
  expect(done.output).toContain("2 application tokens wait until an administrator confirms them");
  expect(done.output).toContain("1 account that had been locked out since the backup is locked out again");
  expect(done.code).toBe(0);
  // Checkpoints over what is no longer there went aside with it.
  const after = await station("audit", "verify", "MZ");
  expect(after.output).toMatch(/audit log of MZ is whole: \d+ entries, from .* to .*/);
  expect(after.output).toContain("restored from a backup once");
  expect(after.code).toBe(0);

  const second = running(await pair.startStation());
  expect((await casesOf("status=open")).map((one) => one.caseNumber)).toEqual([rui.caseNumber]);
  const { name, passphrase } = account(stationSecrets, "interpreter");
  const tried = await fetch(`${url}/api/sign-in`, { method: "POST", headers, body: JSON.stringify({ name, passphrase }) });
  expect(tried.status).toBe(401);
  for (const gone of [anaCase, eva]) {
    const answer = await fetch(`${url}/api/my/sign-in`, { method: "POST", headers, body: JSON.stringify(gone) });
    expect(answer.status).toBe(404);
  }
  const raw = { ...bearer, accept: "application/dicom" };
  const back = await fetch(ruis, { headers: raw });
  const sum = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
  expect(sum(new Uint8Array(await back.arrayBuffer()))).toBe(sum(image));
  expect((await fetch(anas, { headers: raw })).status).toBe(410);
  expect(await readdir(join(stationData, "files"))).toHaveLength(1);

  // The revoked token came back with the backup; nothing that came back works before someone confirms it.
  const asLab = () => fetch(`${url}/fhir/Patient?_count=1`, { headers: { authorization: `Bearer ${lab.secret}` } });
  expect((await asLab()).status).toBe(403);
  const again = await signIn(url, account(stationSecrets, "administrator"));
  const { blocks } = await again.get<{ blocks: { id: string; who: string; rule: string }[] }>("/api/guard/blocks");
  expect(blocks).toMatchObject([{ who: "Lab", rule: "restored" }]);
  expect((await staff(again, `/api/guard/blocks/${blocks[0]?.id}/lift`)).status).toBe(204);
  expect((await asLab()).status).toBe(200);

  // The hub knew more than the restored station: a new epoch, and each case once. It also saw the audit log go back.
  await open("Noa Nova");
  const { station: seen } = await atHub(4);
  expect(seen).toMatchObject({ opened: 4, closed: 0 });
  expect(second.output()).toContain("a new epoch begins");
  type Seen = { auditLog?: { contradicts?: unknown; checkpoint: number } };
  const contradicted = (one: object) => typeof (one as Seen).auditLog?.contradicts === "string";
  const { station: contradicting } = await fleetUntil(pair.hubUrl, operator, contradicted, 60_000);
  const chief = await signIn(pair.hubUrl, account(pair.hubSecrets, "administrator"));
  const answered = await fetch(`${pair.hubUrl}/api/fleet/MZ/audit-log/acknowledge`, {
    method: "POST",
    headers: { ...headers, cookie: chief.cookie },
    body: JSON.stringify({ checkpoint: (contradicting as Seen).auditLog?.checkpoint, reason: "Restored from its backup" }),
  });
  expect(answered.status).toBe(204);

  const beside = await readdir(stationData);
  expect(beside).toContain("tombstones.yzt");
  expect(beside.filter((name) => name.startsWith("db.before-"))).toHaveLength(1);
  const notes = join(stationData, "audit-checkpoints");
  await writeFile(notes, (await readFile(notes, "utf8")).replace(/^(.*\n)\d+\n/, "$199999\n"));
  const forged = await station("audit", "verify", "MZ");
  expect(forged.output).toContain("was not signed by MZ");
  expect(forged.code).toBe(1);
  const refused = await station("restore", "MZ", "--drop-old");
  expect(refused.output).toContain("Stop the station");

  expect((await station("audit", "verify", "CN")).output).toContain("Stop the station or the hub");
  await hub.stop();
  const hubs = await station("audit", "verify", "CN");
  expect(hubs.output).toMatch(/audit log of CN is whole: \d+ entr/);
  expect(hubs.code).toBe(0);
}, 400_000);
