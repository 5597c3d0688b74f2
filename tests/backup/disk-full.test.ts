import { execFile } from "node:child_process";
import { chmod, mkdir, mkdtemp, open, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { writeWhole } from "@yizhan/store";
import { stationConfigSchema } from "../../apps/station/src/config.ts";
import { startPostgres } from "@yizhan/store/testing";
import { startTestStation, stationFiles } from "../../apps/station/src/testing/station.ts";
import { freePortBase, root } from "../support/local.ts";
import { startApp } from "../support/nodes.ts";
import { afterEach, expect, test } from "vitest";

const run = promisify(execFile);
const main = join(root, "apps/station/src/main.ts");
const ended: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const end of ended.splice(0).reverse()) await end();
});

/** A disk of its own, of so many megabytes. */
async function smallDisk(megabytes: number): Promise<string> {
  const at = await mkdtemp(join(tmpdir(), "yizhan-small-"));
  await run("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", at]);
  ended.push(async () => {
    await run("umount", ["-l", at]);
    await rm(at, { recursive: true });
  });
  return at;
}

/** Takes what room there is left, and gives it back. */
async function fill(disk: string): Promise<() => Promise<void>> {
  const path = join(disk, "filler");
  const file = await open(path, "w");
  const megabyte = Buffer.alloc(1024 * 1024);
  try {
    for (;;) await file.write(megabyte);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOSPC") throw error;
  } finally {
    await file.close();
  }
  return () => rm(path);
}

test("an embedded station with a full disk refuses with a clear answer, loses nothing it acknowledged, and goes on when there is room", async () => {
  const disk = await smallDisk(260);
  const port = await freePortBase();
  const url = `http://127.0.0.1:${port}`;
  const files = await stationFiles({ port }, ["administrator"]);
  ended.push(files.remove);
  const data = join(disk, "MZ");
  await mkdir(data);
  for (const name of ["db", "keys-db"]) await run("cp", ["-r", join(files.config.data, name), join(data, name)]);
  const config = await files.secret("station.json", JSON.stringify(stationConfigSchema.parse({ ...files.config, data })));
  let app = await startApp(main, config);
  ended.push(() => app.kill());
  const create = (size: number) =>
    fetch(`${url}/fhir/Patient`, {
      method: "POST",
      headers: { authorization: `Bearer ${files.token}`, "content-type": "application/fhir+json" },
      body: JSON.stringify({ resourceType: "Patient", name: [{ family: "Full", text: "x".repeat(size) }] }),
    });
  const kept = [await idOf(await create(100))];
  const free = await fill(disk);
  // Long enough to need room in the tables and in the log, some of them small enough to still fit.
  const refused: Response[] = [];
  for (let tries = 0; tries < 60; tries += 1) {
    const answer = await create(tries % 3 === 0 ? 100 : 500_000);
    if (answer.status === 201) kept.push(await idOf(answer));
    else refused.push(answer);
  }
  expect(new Set(refused.map((answer) => answer.status))).toEqual(new Set([503]));
  expect(refused[0]?.headers.get("retry-after")).toBe("5");
  expect(await refused[0]?.json()).toMatchObject({
    issue: [{ code: "no-store", details: { text: "The database's disk is full." } }],
  });
  await free();
  kept.push(await idOf(await create(100)));
  await app.kill();
  app = await startApp(main, config);
  for (const id of kept) {
    const answer = await fetch(`${url}/fhir/Patient/${id}`, { headers: { authorization: `Bearer ${files.token}` } });
    expect(answer.status).toBe(200);
  }
  await app.stop();
}, 120_000);

async function idOf(answer: Response): Promise<string> {
  expect(answer.status).toBe(201);
  return ((await answer.json()) as { id: string }).id;
}

test("a station over PostgreSQL whose disk is full says so, loses nothing it acknowledged, and goes on by itself when there is room", async () => {
  const disk = await smallDisk(110);
  await chmod(disk, 0o777);
  // Commits are waited for. The log's first segment lasts for the test: what finds no room is a table.
  const data = await startPostgres({ settings: ["fsync=off", "full_page_writes=off", "autovacuum=off"], folder: disk });
  ended.push(() => data.stop());
  const keys = await startPostgres();
  ended.push(() => keys.stop());
  const urls = await mkdtemp(join(tmpdir(), "yizhan-urls-"));
  ended.push(() => rm(urls, { recursive: true }));
  const urlOf = async (name: string, url: string) => {
    await writeFile(join(urls, name), url, { mode: 0o600 });
    return join(urls, name);
  };
  const [urlFile, keyUrlFile] = [await urlOf("data", data.url), await urlOf("keys", keys.url)];
  const station = await startTestStation({ database: { kind: "postgres", urlFile, keyUrlFile } }, ["administrator"]);
  ended.push(() => station.close());
  const ask = station.withToken(station.token);
  const create = (size: number) =>
    ask("/fhir/Patient", { json: { resourceType: "Patient", name: [{ family: "Full", text: "x".repeat(size) }] } });
  const kept = [await idOf(await create(100))];
  const free = await fill(disk);
  const refused: Response[] = [];
  for (let tries = 0; tries < 12; tries += 1) {
    const answer = await create(tries % 3 === 0 ? 100 : 200_000);
    if (answer.status === 201) kept.push(await idOf(answer));
    else refused.push(answer);
  }
  expect(new Set(refused.map((answer) => answer.status))).toEqual(new Set([503]));
  expect(refused[0]?.headers.get("retry-after")).toBe("5");
  expect(await refused[0]?.json()).toMatchObject({
    issue: [{ code: "no-store", details: { text: "The database's disk is full." } }],
  });
  for (const id of kept) expect((await ask(`/fhir/Patient/${id}`)).status).toBe(200);
  await free();
  kept.push(await idOf(await create(200_000)));
  for (const id of kept) expect((await ask(`/fhir/Patient/${id}`)).status).toBe(200);
}, 120_000);

test("a backup that finds no room says so and leaves nothing of itself", async () => {
  const disk = await smallDisk(1);
  const url = join(disk, "mz.yzb");
  async function* pieces(): AsyncGenerator<Uint8Array, void> {
    for (let at = 0; at < 32; at += 1) yield new Uint8Array(65_536);
  }
  await expect(writeWhole(url, pieces())).rejects.toMatchObject({ code: "target-not-writable" });
  expect(await readdir(disk)).toEqual([]);
});
