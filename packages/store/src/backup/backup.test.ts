import { copyFile, mkdtemp, readdir, readFile, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KeyBytes } from "@yizhan/vault";
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from "vitest";
import { stationMigrations } from "../migrations/index.ts";
import { startPostgres, type TestPostgres } from "../testing/postgres.ts";
import { writeDataFile } from "./data-file.ts";
import { writeKeysFile } from "./keys-file.ts";
import { patientSubject } from "../resources/subjects.ts";
import { leftovers, type Target } from "./place.ts";
import { restore, type RestoreOptions, restoreTest } from "./restore.ts";
import { admit, freshRoot, openParts } from "./testing.ts";

// Making an empty PGlite takes seconds of processor time.
vi.setConfig({ testTimeout: 120_000 });

let server: TestPostgres;
let folder: string;
let root: KeyBytes;
let made = 0;

beforeAll(async () => {
  server = await startPostgres();
});
afterAll(() => server.stop());
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "yizhan-backup-"));
  root = freshRoot();
});
afterEach(() => rm(folder, { recursive: true, force: true }));

type Engine = "pglite" | "postgres";
interface Places {
  readonly data: Target;
  readonly keys: Target;
}

async function places(engine: Engine, name = "one"): Promise<Places> {
  made += 1;
  const at = async (part: string): Promise<Target> =>
    engine === "pglite"
      ? { kind: "pglite", directory: join(folder, name, part) }
      : { kind: "postgres", url: await server.createDatabase(`backup_${made}_${part}`) };
  return { data: await at("db"), keys: await at("keys") };
}

/** A station with two patients, and its backup; closed. */
async function backedUp(engine: Engine) {
  const at = await places(engine);
  const parts = await openParts(at, root);
  const ana = await admit(parts.store, "Machava");
  const rui = await admit(parts.store, "Sitoe");
  const file = join(folder, "mz.yzb");
  const keysFile = join(folder, "mz.yzk");
  await writeDataFile(file, { database: parts.database, vault: parts.vault, createdAt: new Date() });
  await writeKeysFile(keysFile, "keys", parts.keys, { root, country: "MZ" });
  await parts.close();
  return { at, ana, rui, file, keysFile };
}

function options(at: Places, file: string, more: Partial<RestoreOptions> = {}): RestoreOptions {
  return {
    country: "MZ",
    root,
    file,
    keysFile: undefined,
    tombstoneFiles: [],
    data: at.data,
    keys: at.keys,
    folder: at.data.kind === "pglite" ? join(at.data.directory, "..") : folder,
    tombstones: join(folder, "tombstones.yzt"),
    steps: stationMigrations,
    now: new Date(),
    ...more,
  };
}

const familyOf = async (at: Places, id: string): Promise<unknown> => {
  const parts = await openParts(at, root);
  try {
    const version = await parts.store.direct().resources.read("Patient", id);
    return version?.resource?.name?.[0]?.family;
  } finally {
    await parts.close();
  }
};

test.each(["pglite", "postgres"] as const)(
  "on %s, what came after a backup is gone, what was in it is there, and work goes on",
  async (engine) => {
    const { at, ana, file } = await backedUp(engine);
    const later = await openParts(at, root);
    const eva = await admit(later.store, "Later");
    await later.close();
    const done = await restore(options(at, file));
    expect(done.manifest.country).toBe("MZ");
    expect(done.manifest.rows).toMatchObject({ resource: 2, audit_entry: 4 });
    expect(done.checked).toMatchObject({ opened: 2, forgotten: 0, audit: 4 });
    expect(done.aside).toHaveLength(1);
    expect(await familyOf(at, ana)).toBe("Machava");
    const parts = await openParts(at, root);
    expect(await parts.store.direct().resources.read("Patient", eva)).toBeUndefined();
    // Numbers and the log go on where they were.
    await admit(parts.store, "Next");
    expect(await parts.store.auditLog.head()).toMatchObject({ size: 7 });
    await parts.close();
  },
);

test("a forgotten patient stays forgotten, however the key store is restored", async () => {
  const engine = "postgres";
  const { at, ana, rui, file, keysFile } = await backedUp(engine);
  expect(await familyOf(at, ana)).toBe("Machava");
  const parts = await openParts(at, root);
  await parts.store.forget(ana);
  const tombstones = join(folder, "newest.yzt");
  await writeKeysFile(tombstones, "tombstones", parts.keys, { root, country: "MZ" });
  await parts.close();

  // The present key store knows.
  expect(await restore(options(at, file))).toMatchObject({ forgotten: 1, checked: { opened: 1, forgotten: 1 } });
  await expect(familyOf(at, ana)).rejects.toMatchObject({ code: "gone" });
  expect(await familyOf(at, rui)).toBe("Sitoe");
  // Yesterday's copy of it does not: the present one tells it.
  expect(await restore(options(at, file, { keysFile, now: new Date(Date.now() + 5_000) }))).toMatchObject({ forgotten: 1 });
  await expect(familyOf(at, ana)).rejects.toMatchObject({ code: "gone" });
  // Both lost: without the list, yesterday's copy opens her record; with it, it does not.
  const unaware = await places(engine, "unaware");
  await restore(options(unaware, file, { keysFile }));
  expect(await familyOf(unaware, ana)).toBe("Machava");
  const told = await places(engine, "told");
  await restore(options(told, file, { keysFile, tombstoneFiles: [tombstones] }));
  await expect(familyOf(told, ana)).rejects.toMatchObject({ code: "gone" });
  const checked = await openParts(told, root);
  await expect(checked.vault.subject(patientSubject("home", ana))).rejects.toMatchObject({ code: "subject-forgotten" });
  const left = await checked.database.kysely.selectFrom("resource").select("sealed").where("id", "=", ana).execute();
  expect(left).toEqual([{ sealed: null }]);
  await checked.close();
});

test.each(["pglite", "postgres"] as const)(
  "what %s wrote restores on the other engine",
  async (engine) => {
    const { ana, file, keysFile } = await backedUp(engine);
    const other = await places(engine === "pglite" ? "postgres" : "pglite", "other");
    await restore(options(other, file, { keysFile }));
    expect(await familyOf(other, ana)).toBe("Machava");
  },
  90_000,
);

test("a restore test needs the two files and the root, and leaves nothing", async () => {
  const { at, file, keysFile } = await backedUp("postgres");
  const scratch = await mkdtemp(join(folder, "scratch-"));
  const same = { country: "MZ", root, file, keysFile, data: at.data, folder: scratch, steps: stationMigrations };
  expect((await restoreTest(same)).checked).toMatchObject({ opened: 2, audit: 4 });
  expect(await readdir(scratch)).toEqual([]);
  await expect(restoreTest({ ...same, root: freshRoot() })).rejects.toMatchObject({ code: "backup-other-root" });
});

test("what cannot be restored says why, and everything stays as it was", async () => {
  const { at, ana, file, keysFile } = await backedUp("postgres");
  const spoilt = async (name: string, spoil: (path: string) => Promise<void>): Promise<string> => {
    const path = join(folder, name);
    await copyFile(file, path);
    await spoil(path);
    return path;
  };
  const flip = (at: (size: number) => number) => async (path: string) => {
    const bytes = await readFile(path);
    const place = at(bytes.length);
    bytes[place] = (bytes[place] ?? 0) ^ 1;
    await writeFile(path, bytes);
  };
  const size = (await readFile(file)).length;
  const cases: readonly (readonly [string, RestoreOptions])[] = [
    ["backup-not-found", options(at, join(folder, "none.yzb"))],
    ["backup-not-one", options(at, keysFile)],
    ["backup-not-one", options(at, await spoilt("text", (path) => writeFile(path, "hello")))],
    ["backup-truncated", options(at, await spoilt("short", (path) => truncate(path, size - 1_000)))],
    ["backup-truncated", options(at, await spoilt("empty", (path) => truncate(path, 120)))],
    [
      "backup-damaged",
      options(
        at,
        await spoilt(
          "middle",
          flip((length) => length >> 1),
        ),
      ),
    ],
    [
      "backup-damaged",
      options(
        at,
        await spoilt(
          "end",
          flip((length) => length - 1),
        ),
      ),
    ],
    [
      "backup-other-keys",
      options(
        at,
        await spoilt(
          "head",
          flip(() => 60),
        ),
      ),
    ],
    ["backup-other-root", options(at, file, { root: freshRoot() })],
    ["backup-other-root", options(at, file, { root: freshRoot(), keysFile })],
    ["backup-other-country", options(at, file, { country: "AO", keysFile })],
    ["backup-newer", options(at, file, { steps: stationMigrations.slice(0, -1) })],
    ["backup-newer", options(at, await spoilt("newer", (path) => writeFile(path, "yizhan backup 2\n{}\n")))],
    ["keys-missing", options(await places("postgres", "empty"), file)],
  ];
  const files = (await readdir(folder)).sort();
  for (const [code, given] of cases) {
    const failure = await restore(given).catch((error: unknown) => error);
    expect(failure, code).toMatchObject({ code });
  }
  expect((await readdir(folder)).sort()).toEqual(files);
  for (const target of [at.data, at.keys]) expect(await leftovers(target)).toEqual({ old: [], broken: [] });
  expect(await familyOf(at, ana)).toBe("Machava");
});
