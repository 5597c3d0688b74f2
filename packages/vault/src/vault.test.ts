import { describe, expect, test } from "vitest";
import { keyBytes, makeRoot, memoryKeyStore, openVault, type SealContext, type VaultErrorCode } from "./index.ts";

const text = new TextEncoder().encode("Mamá está grávida de três meses");

function place(change: Partial<SealContext> = {}): SealContext {
  return {
    tenant: "clinic",
    table: "resource",
    column: "content",
    rowId: "r1",
    subject: "patient-1",
    schemaVersion: 1,
    rowVersion: 1,
    ...change,
  };
}

function refused(code: VaultErrorCode): { code: VaultErrorCode } {
  return expect.objectContaining({ code }) as { code: VaultErrorCode };
}

describe("a vault", () => {
  test("seals to 80 bytes over the padded text and opens it again", async () => {
    const vault = await openVault({ country: "MZ", root: makeRoot(), keyStore: memoryKeyStore() });
    const sealer = await vault.subject("patient-1", { create: true });
    const sealed = sealer.seal(place(), text);
    expect(sealed.length).toBe(64 + 80);
    expect(sealer.open(place(), sealed)).toEqual(text);
    expect(sealer.seal(place(), text)).not.toEqual(sealed);
  });

  test("opens after a restart with the same root and key store, and not with another root or country", async () => {
    const root = makeRoot();
    const keyStore = memoryKeyStore();
    const first = await openVault({ country: "MZ", root, keyStore });
    const sealed = (await first.subject("patient-1", { create: true })).seal(place(), text);
    first.close();
    const second = await openVault({ country: "MZ", root, keyStore });
    expect((await second.subject("patient-1")).open(place(), sealed)).toEqual(text);
    await expect(openVault({ country: "MZ", root: makeRoot(), keyStore })).rejects.toEqual(refused("wrong-root"));
    await expect(openVault({ country: "GQ", root, keyStore })).rejects.toEqual(refused("wrong-root"));
  });

  test("does not open a value that was moved to another place or patient", async () => {
    const vault = await openVault({ country: "MZ", root: makeRoot(), keyStore: memoryKeyStore() });
    const one = await vault.subject("patient-1", { create: true });
    const two = await vault.subject("patient-2", { create: true });
    const sealed = one.seal(place(), text);
    const elsewhere: Partial<SealContext>[] = [
      { tenant: "other" },
      { table: "history" },
      { column: "note" },
      { rowId: "r2" },
      { schemaVersion: 2 },
      { rowVersion: 2 },
    ];
    for (const change of elsewhere) expect(() => one.open(place(change), sealed)).toThrow(refused("sealed-mismatch"));
    expect(() => two.open(place({ subject: "patient-2" }), sealed)).toThrow(refused("sealed-mismatch"));
    expect(() => two.open(place(), sealed)).toThrow(refused("context-invalid"));
  });

  test("takes nothing but bytes as text and as a key", async () => {
    const vault = await openVault({ country: "MZ", root: makeRoot(), keyStore: memoryKeyStore() });
    const sealer = await vault.subject("patient-1", { create: true });
    const string: unknown = "text";
    expect(() => sealer.seal(place(), string as Uint8Array)).toThrow(refused("not-bytes"));
    expect(() => sealer.open(place(), string as Uint8Array)).toThrow(refused("not-bytes"));
    expect(() => keyBytes(string as Uint8Array)).toThrow(refused("not-bytes"));
    expect(() => keyBytes(new Uint8Array(31))).toThrow(refused("bad-key"));
  });

  test("forgets a subject: sealers in hand stop, and the key cannot be made again", async () => {
    const root = makeRoot();
    const keyStore = memoryKeyStore();
    const vault = await openVault({ country: "MZ", root, keyStore });
    const sealer = await vault.subject("patient-1", { create: true });
    const sealed = sealer.seal(place(), text);
    await vault.forget("patient-1");
    await vault.forget("patient-1");
    expect(() => sealer.open(place(), sealed)).toThrow(refused("subject-forgotten"));
    await expect(vault.subject("patient-1", { create: true })).rejects.toEqual(refused("subject-forgotten"));
    const other = await openVault({ country: "MZ", root, keyStore });
    await expect(other.subject("patient-1", { create: "fresh" })).rejects.toEqual(refused("subject-forgotten"));
    await expect(other.subject("patient-1")).rejects.toEqual(refused("subject-forgotten"));
    await expect(other.subject("patient-2")).rejects.toEqual(refused("subject-unknown"));
    await expect(vault.forget("system")).rejects.toEqual(refused("subject-reserved"));
  });

  test("two processes that meet a new subject at once use one key", async () => {
    const root = makeRoot();
    const keyStore = memoryKeyStore();
    const vaults = await Promise.all([1, 2].map(() => openVault({ country: "MZ", root, keyStore })));
    const sealers = await Promise.all(vaults.map((vault) => vault.subject("patient-1", { create: true })));
    const [one, two] = sealers;
    const sealed = one?.seal(place(), text) ?? text;
    expect(two?.open(place(), sealed)).toEqual(text);
    expect(one?.pseudonym).toBe(two?.pseudonym);
    expect(one?.pseudonym).toMatch(/^[\w-]{22}$/);
    const late = await openVault({ country: "MZ", root, keyStore });
    expect((await late.subject("patient-1", { create: "fresh" })).open(place(), sealed)).toEqual(text);
  });

  test("does not load a key that was put in another's place, under another number, or with its state changed", async () => {
    const root = makeRoot();
    const keyStore = memoryKeyStore();
    const vault = await openVault({ country: "MZ", root, keyStore });
    for (const subject of ["patient-1", "patient-2"]) await vault.subject(subject, { create: true });
    await vault.keys.stage("patient-1");
    const [first, second] = await keyStore.get("patient-1");
    const [other] = await keyStore.get("patient-2");
    if (first === undefined || second === undefined || other === undefined) throw new Error("The keys are missing.");
    const promoted = second.wrapped.with(3, 0);
    for (const wrapped of [other.wrapped, second.wrapped, promoted]) {
      const target = wrapped === promoted ? second : first;
      const planted = [{ ...target, wrapped }];
      const fooled = await openVault({
        country: "MZ",
        root,
        keyStore: { ...keyStore, get: async (subject) => (subject === "patient-1" ? planted : keyStore.get(subject)) },
      });
      await expect(fooled.subject("patient-1")).rejects.toEqual(refused("sealed-mismatch"));
    }
  });

  test("a closed vault seals and opens nothing", async () => {
    const vault = await openVault({ country: "MZ", root: makeRoot(), keyStore: memoryKeyStore() });
    const sealer = await vault.subject("patient-1", { create: true });
    vault.close();
    expect(() => sealer.seal(place(), text)).toThrow(refused("vault-closed"));
    await expect(vault.subject("patient-1")).rejects.toEqual(refused("vault-closed"));
  });
});
