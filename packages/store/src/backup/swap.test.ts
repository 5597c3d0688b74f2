import { mkdir, mkdtemp, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { FreshPlace } from "./place.ts";
import { finishSwap, swapIn } from "./swap.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "yizhan-swap-"));
});
afterEach(() => rm(folder, { recursive: true }));

/** What stands for a database: a folder with PGlite's mark and a word. */
async function database(name: string, word: string): Promise<void> {
  await mkdir(join(folder, name));
  await writeFile(join(folder, name, "PG_VERSION"), word);
}
const wordOf = (name: string) => readFile(join(folder, name, "PG_VERSION"), "utf8");
const place = (target: string, name: string): FreshPlace => {
  const directory = join(folder, target);
  return {
    target: { kind: "pglite", directory },
    name,
    options: { kind: "pglite", directory: join(folder, name) },
    discard: () => Promise.resolve(),
  };
};

test("filled folders take the place of the old ones, which stay beside", async () => {
  for (const name of ["db", "keys-db"]) {
    await database(name, "old");
    await database(`${name}.restoring-1`, "new");
  }
  const places = [place("db", "db.restoring-1"), place("keys-db", "keys-db.restoring-1")];
  expect(await swapIn(places, folder, "20261123")).toEqual(
    ["db.before-20261123", "keys-db.before-20261123"].map((name) => join(folder, name)),
  );
  expect((await readdir(folder)).sort()).toEqual(["db", "db.before-20261123", "keys-db", "keys-db.before-20261123"]);
  expect([await wordOf("db"), await wordOf("keys-db"), await wordOf("db.before-20261123")]).toEqual(["new", "new", "old"]);
  expect(await finishSwap(folder)).toBe(false);
});

test.each([0, 1, 2, 3, 4])("a kill after %i of four renames is finished at the next start", async (done) => {
  const moves = ["db", "keys-db"].map((target) => ({ fresh: `${target}.restoring-1`, target, aside: `${target}.before-1` }));
  for (const { target, fresh } of moves) {
    await database(target, "old");
    await database(fresh, "new");
  }
  const renames = moves.flatMap(({ fresh, target, aside }) => [
    [target, aside],
    [fresh, target],
  ]);
  for (const [from = "", to = ""] of renames.slice(0, done)) await rename(join(folder, from), join(folder, to));
  await writeFile(join(folder, "restore.json"), JSON.stringify({ moves }));
  expect(await finishSwap(folder)).toBe(true);
  for (const name of ["db", "keys-db"]) expect([await wordOf(name), await wordOf(`${name}.before-1`)]).toEqual(["new", "old"]);
  expect(await readdir(folder)).toHaveLength(4);
});
