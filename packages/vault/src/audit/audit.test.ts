import * as fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  AuditLog,
  type AuditStorage,
  makeIdentity,
  memoryAuditStorage,
  noteSigner,
  openCheckpoint,
  openNote,
  signCheckpoint,
  signNote,
  verifyConsistency,
  verifyInclusion,
  verifyLog,
} from "../index.ts";
import { checkAuditStorage } from "../testing/index.ts";
import { emptyRoot, leafHash, nodeHash } from "./merkle.ts";

const origin = "MZ.yizhan/audit";
const entry = (at: number): Uint8Array => new TextEncoder().encode(`read ${at}`);

/** RFC 6962's definition of the tree hash, word for word. */
function definedRoot(leaves: readonly Uint8Array[]): Uint8Array {
  const [only] = leaves;
  if (only === undefined) return emptyRoot;
  if (leaves.length === 1) return leafHash(only);
  const middle = 2 ** Math.floor(Math.log2(leaves.length - 1));
  return nodeHash(definedRoot(leaves.slice(0, middle)), definedRoot(leaves.slice(middle)));
}

async function logOf(size: number): Promise<{ log: AuditLog; storage: AuditStorage; entries: Uint8Array[] }> {
  const storage = memoryAuditStorage();
  const log = new AuditLog(origin, storage);
  const entries = Array.from({ length: size }, (_, at) => entry(at));
  await log.appendAll(entries);
  return { log, storage, entries };
}

test("the storage in memory keeps every promise of an audit storage", async () => {
  await checkAuditStorage(memoryAuditStorage());
});

describe("an audit log", () => {
  test("has the root that RFC 6962 defines at every size it ever had", async () => {
    const { log, entries } = await logOf(70);
    for (let size = 0; size <= 70; size += 1) {
      expect((await log.head(size)).root).toEqual(definedRoot(entries.slice(0, size)));
    }
  });

  test("proves every entry and every growth, and nothing else", async () => {
    const { log } = await logOf(40);
    for (let size = 1; size <= 40; size += 1) {
      const head = await log.head(size);
      for (let at = 0; at < size; at += 1) {
        const proof = await log.inclusionProof(at, size);
        expect(verifyInclusion(entry(at), at, head, proof)).toBe(true);
        expect(verifyInclusion(entry(at + 1), at, head, proof)).toBe(false);
        if (size > 1) expect(verifyInclusion(entry(at), (at + 1) % size, head, proof)).toBe(false);
        expect(verifyInclusion(entry(at), at, head, [...proof, emptyRoot])).toBe(false);
        if (proof.length > 0) expect(verifyInclusion(entry(at), at, head, proof.slice(1))).toBe(false);
      }
      for (let from = 0; from <= size; from += 1) {
        const first = await log.head(from);
        const proof = await log.consistencyProof(from, size);
        expect(verifyConsistency(first, head, proof)).toBe(true);
        expect(verifyConsistency({ ...first, root: leafHash(entry(99)) }, head, proof)).toBe(false);
        if (from > 0 && from < size) {
          expect(verifyConsistency(first, { ...head, root: leafHash(entry(99)) }, proof)).toBe(false);
          expect(verifyConsistency(first, head, [...proof, emptyRoot])).toBe(false);
          expect(verifyConsistency(first, head, proof.slice(0, -1))).toBe(false);
        }
      }
    }
    await expect(log.inclusionProof(40, 40)).rejects.toMatchObject({ code: "range-invalid" });
    await expect(log.consistencyProof(3, 41)).rejects.toMatchObject({ code: "range-invalid" });
  });

  test("is the same whether entries come alone, in batches, or from writers that race", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat({ max: 5 }), { maxLength: 20 }), async (batches) => {
        const storage = memoryAuditStorage();
        const writers = [1, 2, 3].map(() => new AuditLog(origin, storage));
        await Promise.all(
          batches.map((count, at) => writers[at % 3]?.appendAll(Array.from({ length: count }, (_, one) => entry(at * 10 + one)))),
        );
        const all = await storage.entries(0, 1000);
        expect(all).toHaveLength(batches.reduce((sum, count) => sum + count, 0));
        expect((await verifyLog(storage, [])).root).toEqual(definedRoot(all));
      }),
      { numRuns: 50 },
    );
  });

  test("goes on after a storage that failed, and takes entries that come at once without a lost race", async () => {
    const storage = memoryAuditStorage();
    let calls = 0;
    const counting: AuditStorage = {
      ...storage,
      append(index, entries, nodes) {
        calls += 1;
        if (calls === 3) return Promise.reject(new Error("disk full"));
        return storage.append(index, entries, nodes);
      },
    };
    const log = new AuditLog(origin, counting);
    const results = await Promise.allSettled(Array.from({ length: 10 }, (_, at) => log.append(entry(at))));
    expect(results.filter(({ status }) => status === "rejected")).toHaveLength(1);
    expect(calls).toBe(10);
    expect(await verifyLog(storage, [await log.checkpoint()])).toMatchObject({ size: 9 });
  });

  test("shows a changed entry, a changed hash and a lost end against its checkpoints", async () => {
    const { log, storage } = await logOf(11);
    const checkpoint = await log.checkpoint();
    await log.append(entry(11));
    expect((await verifyLog(storage, [checkpoint])).size).toBe(12);
    const broken = { code: "log-broken" };
    const rewritten: AuditStorage = {
      ...storage,
      entries: async (start, limit) =>
        (await storage.entries(start, limit)).map((one, at) => (start + at === 4 ? entry(99) : one)),
    };
    await expect(verifyLog(rewritten, [])).rejects.toMatchObject(broken);
    const whole = await logOf(0);
    await whole.log.appendAll((await storage.entries(0, 12)).with(4, entry(99)));
    await expect(verifyLog(whole.storage, [checkpoint])).rejects.toMatchObject(broken);
    await expect(verifyLog((await logOf(10)).storage, [checkpoint])).rejects.toMatchObject(broken);
  });
});

describe("a checkpoint", () => {
  const identity = makeIdentity("MZ");
  const signer = noteSigner(identity, origin);

  test("is signed in C2SP's form and opens with the signer's key alone", async () => {
    const { log } = await logOf(5);
    const note = signCheckpoint(await log.checkpoint(), signer);
    expect(note.split("\n").slice(0, 2)).toEqual([origin, "5"]);
    expect(note).toMatch(/^[^\n]+\n5\n[A-Za-z0-9+/]{43}=\n\n— MZ\.yizhan\/audit [A-Za-z0-9+/]+=*\n$/u);
    expect(openCheckpoint(note, origin, [signer])).toEqual(await log.checkpoint());
    const other = noteSigner(makeIdentity("MZ"), origin);
    expect(() => openCheckpoint(note, origin, [other])).toThrow(expect.objectContaining({ code: "signature-invalid" }));
    expect(() => openCheckpoint(note.replace("\n5\n", "\n6\n"), origin, [signer])).toThrow(
      expect.objectContaining({ code: "signature-invalid" }),
    );
    expect(() => openCheckpoint(note, "GQ.yizhan/audit", [signer])).toThrow(expect.objectContaining({ code: "note-malformed" }));
  });

  test("may carry a witness's signature too", async () => {
    const { log } = await logOf(5);
    const witness = noteSigner(makeIdentity("CN"), "CN.yizhan/witness");
    const note = signCheckpoint(await log.checkpoint(), signer);
    const text = openNote(note, [signer]);
    const both = note + signNote(text, witness).slice(text.length + 1);
    expect(openCheckpoint(both, origin, [witness]).size).toBe(5);
    expect(openCheckpoint(both, origin, [signer]).size).toBe(5);
  });

  test("that is no note is refused", () => {
    const malformed = expect.objectContaining({ code: "note-malformed" });
    for (const wrong of [
      "",
      "\n\n",
      "a\nb\n",
      "a\n\nno dash\n",
      "a\r\n\n— x AAAA\n",
      signNote("x\n01\nAAAA\n", signer),
      signNote("x\n5\n!\n", signer),
    ]) {
      expect(() => openCheckpoint(wrong, "x", [signer])).toThrow(malformed);
    }
    expect(() => noteSigner(identity, "two words")).toThrow(malformed);
    expect(() => signNote("no break", signer)).toThrow(malformed);
  });
});
