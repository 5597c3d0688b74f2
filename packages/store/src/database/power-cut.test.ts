import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { PGlite } from "@electric-sql/pglite";
import { sql } from "kysely";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openDatabase } from "./open.ts";

/**
 * A disk in a file. What its file system was not told to flush is not in the file: a copy of it, taken while
 * all is mounted and running, is the disk as it is after the power went at that moment.
 */
const run = promisify(execFile);
let folder: string;
const mounted: string[] = [];

async function mount(image: string, name: string): Promise<string> {
  const at = join(folder, name);
  await mkdir(at);
  // No flush of its own for ten minutes: what gets to the disk was asked to.
  await run("mount", ["-o", "loop,commit=600", image, at]);
  mounted.push(at);
  return at;
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "yizhan-power-"));
  const image = join(folder, "disk");
  await run("truncate", ["-s", "300M", image]);
  await run("mkfs.ext4", ["-q", image]);
  const disk = await mount(image, "before");
  const first = await openDatabase({ kind: "pglite", directory: join(disk, "durable") });
  await sql`create table words (word text)`.execute(first.kysely);
  await first.close();
  await cp(join(disk, "durable"), join(disk, "plain"), { recursive: true });
  await run("sync", ["-f", disk]);
});
afterAll(async () => {
  for (const at of mounted.toReversed()) await run("umount", ["-l", at]);
  await rm(folder, { recursive: true, force: true });
});

test("what was acknowledged is there after a power cut; as PGlite comes, it is not", async () => {
  const disk = join(folder, "before");
  const durable = await openDatabase({ kind: "pglite", directory: join(disk, "durable") });
  const plain = await PGlite.create({ dataDir: join(disk, "plain") });
  await plain.query("insert into words values ('acknowledged')");
  await sql`insert into words values ('acknowledged')`.execute(durable.kysely);
  await run("cp", ["--sparse=always", join(folder, "disk"), join(folder, "cut")]);
  const after = await mount(join(folder, "cut"), "after");

  const survived = await openDatabase({ kind: "pglite", directory: join(after, "durable") });
  expect((await sql`select word from words`.execute(survived.kysely)).rows).toEqual([{ word: "acknowledged" }]);
  const lost = await PGlite.create({ dataDir: join(after, "plain") });
  expect((await lost.query("select word from words")).rows).toEqual([]);
  await survived.close();
  await lost.close();
  await plain.close();
  await durable.close();
}, 120_000);
