import { describe, expect, test } from "vitest";
import {
  type IndexSpec,
  type KeyStore,
  makeRoot,
  memoryKeyStore,
  openVault,
  reconcileTombstones,
  rootId,
  type SealContext,
  sweep,
  type Vault,
} from "./index.ts";
import { checkKeyStore } from "./testing/index.ts";

const country = "MZ";
const spec: IndexSpec = { tenant: "clinic", table: "resource", column: "content", index: "name", bits: 12 };
const text = new TextEncoder().encode("alergia à penicilina");

function place(subject: string): SealContext {
  return { tenant: "clinic", table: "r", column: "c", rowId: "1", subject, schemaVersion: 1, rowVersion: 1 };
}

/** A key store whose process dies at the n-th change: before it is made, or after it is made but not yet answered. */
function dying(store: KeyStore, fatal: number, after: boolean): KeyStore {
  let changes = 0;
  const change = async <T>(act: () => Promise<T>): Promise<T> => {
    changes += 1;
    if (changes !== fatal) return act();
    if (after) await act();
    throw new Error("killed");
  };
  return {
    ...store,
    put: (key) => change(() => store.put(key)),
    replace: (key, expected) => change(() => store.replace(key, expected)),
    destroy: (subject) => change(() => store.destroy(subject)),
  };
}

/** Runs a procedure that may be killed at every change in turn, resumes it, and looks at what is left. */
async function killEverywhere(
  prepare: (store: KeyStore) => Promise<void>,
  procedure: (store: KeyStore) => Promise<void>,
  look: (store: KeyStore) => Promise<void>,
): Promise<number> {
  let kills = 0;
  for (const after of [false, true]) {
    for (let fatal = 1; ; fatal += 1) {
      const store = memoryKeyStore();
      await prepare(store);
      const died = await procedure(dying(store, fatal, after)).then(
        () => false,
        (error: Error) => error.message === "killed" || Promise.reject(error),
      );
      if (died) kills += 1;
      await procedure(store);
      await look(store);
      if (!died) break;
    }
  }
  return kills;
}

test("the key store in memory keeps every promise of a key store", async () => {
  await checkKeyStore(memoryKeyStore());
});

describe("a subject's key", () => {
  test("rotates while serving, in two processes, and is refused its retirement while in use", async () => {
    const root = makeRoot();
    const keyStore = memoryKeyStore();
    const open = (): Promise<Vault> => openVault({ country, root, keyStore });
    const [one, two] = [await open(), await open()];
    const [here, there] = [await one.subject("p", { create: true }), await two.subject("p")];
    const old = here.seal(place("p"), text);

    expect(await one.keys.stage("p")).toBe(2);
    expect(await two.keys.stage("p")).toBe(2);
    expect([here.keyVersion, there.keyVersion]).toEqual([1, 1]);
    await one.keys.promote("p", 2);
    const fresh = here.seal(place("p"), text);
    expect(here.keyVersion).toBe(2);
    expect(there.open(place("p"), fresh)).toEqual(text);
    expect(here.open(place("p"), old)).toEqual(text);
    expect(here.pseudonym).toBe(there.pseudonym);

    const notInUse = async (): Promise<boolean> => false;
    await expect(one.keys.retire("p", 2, notInUse)).rejects.toMatchObject({ code: "key-in-use" });
    await expect(one.keys.retire("p", 1, async () => true)).rejects.toMatchObject({ code: "key-in-use" });
    const moved = here.reseal(place("p"), old) ?? old;
    expect(here.reseal(place("p"), moved)).toBeUndefined();
    await one.keys.retire("p", 1, notInUse);
    expect(() => here.open(place("p"), old)).toThrow(expect.objectContaining({ code: "key-version-unknown" }));
    expect(here.open(place("p"), moved)).toEqual(text);
    expect(await one.keys.versions("p")).toEqual([
      { version: 1, state: "retired" },
      { version: 2, state: "live" },
    ]);
    expect(await one.keys.stage("p")).toBe(3);
    await expect(one.keys.promote("p", 1)).rejects.toMatchObject({ code: "key-version-unknown" });
    await expect(one.keys.stage("nobody")).rejects.toMatchObject({ code: "subject-unknown" });
  });

  test("rotates whole wherever the process is killed, and data opens at every point", async () => {
    const root = makeRoot();
    let old: Uint8Array = text;
    const kills = await killEverywhere(
      async (store) => {
        const sealer = await (await openVault({ country, root, keyStore: store })).subject("p", { create: true });
        old = sealer.seal(place("p"), text);
      },
      async (store) => {
        const vault = await openVault({ country, root, keyStore: store });
        expect((await vault.subject("p")).open(place("p"), old)).toEqual(text);
        const versions = await vault.keys.versions("p");
        const done = versions.some(({ version, state }) => version > 1 && state === "live");
        const version = done ? 2 : await vault.keys.stage("p");
        await vault.keys.promote("p", version);
        old = (await vault.subject("p")).reseal(place("p"), old) ?? old;
        await vault.keys.retire("p", 1, async () => false);
      },
      async (store) => {
        const vault = await openVault({ country, root, keyStore: store });
        expect((await vault.subject("p")).open(place("p"), old)).toEqual(text);
        expect((await vault.keys.versions("p")).map(({ state }) => state)).toEqual(["retired", "live"]);
      },
    );
    expect(kills).toBeGreaterThanOrEqual(6);
  });
});

test("index keys rotate: both are asked for meanwhile, and the old one stops with its retirement", async () => {
  const vault = await openVault({ country, root: makeRoot(), keyStore: memoryKeyStore() });
  const before = vault.indexToken(spec, "mateus");
  const version = await vault.keys.stage("#index");
  expect(vault.indexToken(spec, "mateus")).toEqual(before);
  expect(vault.indexTokens(spec, "mateus")).toHaveLength(2);
  await vault.keys.promote("#index", version);
  const after = vault.indexToken(spec, "mateus");
  expect(vault.indexVersion).toBe(version);
  expect(vault.indexTokens(spec, "mateus")).toEqual([after, before]);
  await vault.keys.retire("#index", 1, async () => false);
  expect(vault.indexTokens(spec, "mateus")).toEqual([after]);
});

describe("the root", () => {
  test("is exchanged while serving: only wrapped keys change", async () => {
    const [oldRoot, newRoot] = [makeRoot(), makeRoot()];
    let sealed: Uint8Array = text;
    let token: Uint8Array = text;
    const kills = await killEverywhere(
      async (store) => {
        const vault = await openVault({ country, root: oldRoot, keyStore: store });
        sealed = (await vault.subject("p", { create: true })).seal(place("p"), text);
        token = vault.indexToken(spec, "mateus");
        for (const subject of ["q", "r"]) await vault.subject(subject, { create: true });
      },
      async (store) => {
        const vault = await openVault({ country, root: newRoot, otherRoots: [oldRoot], keyStore: store });
        let after: string | undefined;
        do ({ after } = await vault.keys.rewrap(after, 2));
        while (after !== undefined);
        expect(await vault.keys.rootsInUse()).toEqual([rootId(newRoot)]);
      },
      async (store) => {
        const vault = await openVault({ country, root: newRoot, keyStore: store });
        expect((await vault.subject("p")).open(place("p"), sealed)).toEqual(text);
        expect(vault.indexToken(spec, "mateus")).toEqual(token);
        await expect(openVault({ country, root: oldRoot, keyStore: store })).rejects.toMatchObject({ code: "wrong-root" });
      },
    );
    expect(kills).toBe(8);
  });
});

describe("forgetting", () => {
  test("is whole in every copy wherever it is killed", async () => {
    const root = makeRoot();
    const copy = memoryKeyStore();
    const kills = await killEverywhere(
      async (store) => {
        await (await openVault({ country, root, keyStore: store })).subject("p", { create: true });
      },
      async (store) => {
        await (await openVault({ country, root, keyStore: store })).forget("p");
        await reconcileTombstones(store, [copy]);
      },
      async (store) => {
        for (const each of [store, copy]) {
          expect(await each.isDestroyed("p")).toBe(true);
          expect(await each.get("p")).toEqual([]);
        }
      },
    );
    expect(kills).toBe(2);
  });

  test("holds against yesterday's backup of the key store", async () => {
    const root = makeRoot();
    const keyStore = memoryKeyStore();
    const vault = await openVault({ country, root, keyStore });
    const sealed = (await vault.subject("p", { create: true })).seal(place("p"), text);
    const backup = await keyStore.list(undefined, 100);
    await vault.forget("p");
    const restored = memoryKeyStore();
    for (const key of backup) await restored.put(key);
    // The control: without the tombstone, the restored key would open it.
    const careless = await openVault({ country, root, keyStore: restored });
    expect((await careless.subject("p")).open(place("p"), sealed)).toEqual(text);
    expect(await reconcileTombstones(keyStore, [restored])).toBe(1);
    const again = await openVault({ country, root, keyStore: restored });
    await expect(again.subject("p", { create: true })).rejects.toMatchObject({ code: "subject-forgotten" });
  });

  test("reaches another process when its cache's time is over", async () => {
    let clock = 0;
    const root = makeRoot();
    const keyStore = memoryKeyStore();
    const one = await openVault({ country, root, keyStore });
    const two = await openVault({ country, root, keyStore, now: () => clock, cacheLifetime: 1000 });
    const held = await two.subject("p", { create: true });
    const sealed = held.seal(place("p"), text);
    await one.forget("p");
    expect(held.open(place("p"), sealed)).toEqual(text);
    clock = 1001;
    await expect(two.subject("p")).rejects.toMatchObject({ code: "subject-forgotten" });
    expect(() => held.open(place("p"), sealed)).toThrow(expect.objectContaining({ code: "subject-forgotten" }));
  });
});

test("a sweep resumes where it was killed and never loses to a writer", async () => {
  const rows = new Map(Array.from({ length: 10 }, (_, at) => [`row-${at}`, 1]));
  let cursor: string | undefined;
  let raced = false;
  let left = 4;
  const run = (): ReturnType<typeof sweep<string>> =>
    sweep<string>({
      cursor,
      async page(after) {
        const page = [...rows.keys()].filter((row) => after === undefined || row > after).slice(0, 3);
        return { rows: page, next: page.at(-1) };
      },
      async move(row) {
        if (left === 0) throw new Error("killed");
        left -= 1;
        if (rows.get(row) === 2) return "current";
        if (row === "row-7" && !raced) {
          raced = true;
          return "conflict";
        }
        rows.set(row, 2);
        return "moved";
      },
      async save(next) {
        cursor = next;
      },
    });
  await expect(run()).rejects.toThrow("killed");
  expect(cursor).toBe("row-2");
  left = Number.POSITIVE_INFINITY;
  expect(await run()).toEqual({ moved: 5, current: 1, conflicts: 1 });
  expect(cursor).toBeUndefined();
  expect(await run()).toEqual({ moved: 1, current: 9, conflicts: 0 });
});
