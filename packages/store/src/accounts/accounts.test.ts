import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import type { Store } from "../store.ts";
import { overDatabases } from "../testing/databases.ts";
import { openTestStore } from "../testing/open.ts";

overDatabases("accounts and cases", (fresh) => {
  let store: Store;
  let time = Date.parse("2026-11-22T10:00:00Z");
  beforeAll(async () => {
    store = await openTestStore({ database: await fresh(), store: { now: () => time } });
  });
  afterAll(() => store.close());
  const hash = (fill: number) => new Uint8Array(32).fill(fill);

  test("finds an account by name in any case, once", async () => {
    const { accounts } = store.direct();
    const ana = await accounts.create({ name: "Ana Macuácua", role: "clinician", language: "pt", passphraseHash: "$argon2id$…" });
    expect((await accounts.byName(" ana MACUÁCUA"))?.id).toBe(ana.id);
    await expect(accounts.create({ name: "ANA macuácua", role: "clinician", language: "pt" })).rejects.toMatchObject({
      code: "duplicate",
    });
    const changed = await accounts.update(ana, { role: "coordinator" });
    expect((await accounts.byId(ana.id))?.role).toBe("coordinator");
    await expect(accounts.update(ana, { role: "administrator" })).rejects.toMatchObject({ code: "version-conflict" });
    expect(changed.version).toBe(2);
  });

  test("ends sessions by time, by hand and with the account", async () => {
    const { accounts, sessions } = store.direct();
    const { id } = await accounts.create({ name: "Bento", role: "interpreter", language: "pt" });
    const session = await sessions.create(hash(1), id, new Date(time + 60_000));
    await sessions.block(session.id, "many-patients");
    expect((await sessions.byToken(hash(1)))?.blockedReason).toBe("many-patients");
    await sessions.unblock(session.id);
    time += 60_001;
    expect(await sessions.byToken(hash(1))).toBeUndefined();
    expect(await sessions.sweep()).toBe(1);
    await sessions.create(hash(2), id, new Date(time + 60_000));
    await accounts.disable(id);
    expect(await sessions.byToken(hash(2))).toBeUndefined();
  });

  test("application tokens work until they expire or are revoked", async () => {
    const { applicationTokens } = store.direct();
    const token = await applicationTokens.create({
      tokenHash: hash(3),
      name: "Hospital Central",
      scopes: ["system/*.rs"],
      expiresAt: new Date(time + 1_000),
    });
    expect((await applicationTokens.byToken(hash(3)))?.scopes).toEqual(["system/*.rs"]);
    expect(await applicationTokens.revoke(token.id)).toBe(true);
    expect(await applicationTokens.byToken(hash(3))).toBeUndefined();
    expect(await applicationTokens.revoke(token.id)).toBe(false);
  });

  test("answers a repeated request with the first answer, also when both come at once", async () => {
    let effects = 0;
    const request = () =>
      store.transaction(async (tx) => {
        const kept = await tx.idempotency.claim<{ n: number }>("intake", "key-1");
        if (kept !== undefined) return kept;
        effects += 1;
        await tx.idempotency.keep("intake", "key-1", { n: effects });
        return { n: effects };
      });
    expect(await Promise.all([request(), request(), request()])).toEqual([{ n: 1 }, { n: 1 }, { n: 1 }]);
    expect(effects).toBe(1);
  });

  test("lists, opens by code, assigns and closes cases", async () => {
    const { cases, accounts } = store.direct();
    const patientId = randomUUID();
    const summary = (caseNumber: string) => ({ caseNumber, name: "Célia", language: "pt", pain: 4 });
    await cases.open({ id: "sr-1", patientId, accessCode: "314159", summary: summary("MZ-AAAA-0001") });
    time += 1_000;
    await cases.open({ id: "sr-2", patientId, summary: summary("MZ-AAAA-0002") });
    expect((await cases.byAccess("MZ-AAAA-0001", "314159"))?.id).toBe("sr-1");
    expect(await cases.byAccess("MZ-AAAA-0001", "314158")).toBeUndefined();
    const first = await cases.list({ status: "open", count: 1 });
    expect(first.cases.map((one) => one.id)).toEqual(["sr-2"]);
    const second = await cases.list({ status: "open", count: 1, ...(first.next === undefined ? {} : { cursor: first.next }) });
    expect(second.cases.map((one) => one.id)).toEqual(["sr-1"]);
    expect(second.next).toBeUndefined();
    expect((await cases.list({ caseNumber: "MZ-AAAA-0002" })).cases[0]?.summary.pain).toBe(4);
    const doctor = await accounts.create({ name: "Dr Dias", role: "clinician", language: "pt" });
    await cases.assign("sr-1", doctor.id);
    expect(await cases.hasOpenCase(doctor.id, patientId)).toBe(true);
    expect(await cases.close("sr-1")).toBe(true);
    expect(await cases.close("sr-1")).toBe(false);
    expect(await cases.hasOpenCase(doctor.id, patientId)).toBe(false);
  });

  test("lists on where a forgetting was interrupted after the key was gone", async () => {
    const { cases } = store.direct();
    const [kept, lost] = [randomUUID(), randomUUID()];
    for (const [at, patientId] of [kept, lost].entries()) {
      const summary = { caseNumber: `MZ-FFFF-000${at}`, name: "Gil", language: "pt" };
      await cases.open({ id: `sr-f${at}`, patientId, summary });
    }
    await store.vault.forget(`mz:${lost}`);
    const listed = (await cases.list({ patientIds: [kept, lost] })).cases.map((one) => one.id);
    expect(listed).toEqual(["sr-f0"]);
  });

  test("spends a case's code: the next one opens, the spent one for ten minutes more, a renewed one at once", async () => {
    const { cases } = store.direct();
    const patientId = randomUUID();
    const caseNumber = "MZ-AAAA-0003";
    const opens = async (code: string) => (await cases.byAccess(caseNumber, code)) !== undefined;
    await cases.open({ id: "sr-3", patientId, accessCode: "11111111", summary: { caseNumber, name: "Eva", language: "pt" } });
    expect(await cases.spendAccess(caseNumber, "99999999", "22222222")).toBeUndefined();
    expect((await cases.spendAccess(caseNumber, "11111111", "22222222"))?.id).toBe("sr-3");
    expect([await opens("11111111"), await opens("22222222")]).toEqual([true, true]);
    // The answer was lost: the same code once more, and the next one is another.
    expect((await cases.spendAccess(caseNumber, "11111111", "33333333"))?.id).toBe("sr-3");
    expect([await opens("11111111"), await opens("22222222"), await opens("33333333")]).toEqual([true, false, true]);
    time += 10 * 60_000;
    expect([await opens("11111111"), await opens("33333333")]).toEqual([false, true]);
    const both = await Promise.allSettled(["4", "5"].map((next) => cases.spendAccess(caseNumber, "33333333", next.repeat(8))));
    expect(both.map((one) => one.status)).toContain("fulfilled");
    await cases.renewAccess("sr-3", "66666666");
    expect([await opens("33333333"), await opens("66666666")]).toEqual([false, true]);
  });

  test("counts guesses by window, whoever counts, and forgets them by time", async () => {
    const { guesses } = store.direct();
    const spend = () => guesses.spend("ana\n10.0.0.1", 2, 1_000);
    expect([await spend(), await spend(), await spend()]).toEqual([0, 0, 1_000]);
    await guesses.forgive("ana\n10.0.0.1");
    expect(await spend()).toBe(1_000);
    expect(await guesses.spend("rui", 2, 1_000)).toBe(0);
    time += 1_000;
    expect(await spend()).toBe(0);
    expect(await guesses.sweep()).toBe(1);
  });

  test("a challenge is good once, for its purpose, until it runs out", async () => {
    const { challenges } = store.direct();
    await challenges.keep("staff", "abc", new Date(time + 1_000));
    expect(await challenges.take("patient", "abc")).toBe(false);
    const both = await Promise.all([challenges.take("staff", "abc"), challenges.take("staff", "abc")]);
    expect(both.toSorted()).toEqual([false, true]);
    await challenges.keep("staff", "abd", new Date(time + 1_000));
    time += 1_000;
    expect(await challenges.take("staff", "abd")).toBe(false);
    expect(await challenges.sweep()).toBe(1);
  });

  test("a patient's sessions and passkeys are found again, and go when the patient is forgotten", async () => {
    const { patientSessions, patientDoors } = store.direct();
    const place = { patientId: randomUUID(), caseId: "sr-9" };
    const { id } = await patientSessions.create(hash(7), place, new Date(time + 60_000));
    await patientDoors.create(place, [{ id: "k", counter: 0 }], "door-1");
    const [door] = await patientDoors.ofPatient(place.patientId);
    if (door === undefined) throw new Error("the door is gone");
    await patientDoors.update(door, [{ id: "k", counter: 1 }]);
    await expect(patientDoors.update(door, [])).rejects.toMatchObject({ code: "version-conflict" });
    expect(await patientDoors.byId("door-1")).toMatchObject({ ...place, passkeys: [{ id: "k", counter: 1 }] });
    expect(await store.direct("other").patientDoors.byId("door-1")).toBeUndefined();
    await patientSessions.block(id, "guessing");
    expect(await patientSessions.byToken(hash(7))).toMatchObject({ ...place, blockedReason: "guessing" });
    expect(await store.direct("other").patientSessions.blocked()).toEqual([]);
    expect(await patientSessions.unblock(id)).toBe(true);
    await store.vault.subject(`mz:${place.patientId}`, { create: true });
    await store.forget(place.patientId);
    expect(await patientSessions.byToken(hash(7))).toBeUndefined();
    expect(await patientDoors.byId("door-1")).toBeUndefined();
  });

  test("an address stays blocked until its time, for its tenant's administrator to see and lift", async () => {
    const { addressBlocks } = store.direct();
    await addressBlocks.block("10.0.0.9", "guessing", new Date(time + 1_000));
    await addressBlocks.block("10.0.0.9", "guessing", new Date(time + 2_000));
    expect(await store.direct("other").addressBlocks.list()).toEqual([]);
    const [one] = await addressBlocks.list();
    expect(one).toMatchObject({ address: "10.0.0.9", rule: "guessing", until: new Date(time + 2_000) });
    expect(await addressBlocks.lift(one?.id ?? "")).toBe("10.0.0.9");
    expect(await addressBlocks.of("10.0.0.9")).toBeUndefined();
    await addressBlocks.block("10.0.0.8", "guessing", new Date(time + 1_000));
    time += 1_000;
    expect(await addressBlocks.of("10.0.0.8")).toBeUndefined();
    expect(await addressBlocks.sweep()).toBe(1);
  });

  test("a blocked application token says so until the block is lifted", async () => {
    const { applicationTokens } = store.direct();
    const { id } = await applicationTokens.create({ tokenHash: hash(8), name: "lab", scopes: ["patient/*.rs"], patientId: "p" });
    await applicationTokens.block(id, "guessing");
    expect(await applicationTokens.byToken(hash(8))).toMatchObject({ patientId: "p", blockedReason: "guessing" });
    expect([await applicationTokens.unblock(id), await applicationTokens.unblock(id)]).toEqual([true, false]);
  });

  test("sweeps what has run out, and says when the next row will", async () => {
    const { sessions, accounts, challenges, idempotency } = store.direct();
    time += 30 * 86_400_000;
    await store.expiry.sweep();
    expect(await store.expiry.next()).toBeUndefined();
    const { id } = await accounts.create({ name: "Vasco", role: "interpreter", language: "pt" });
    await sessions.create(hash(21), id, new Date(time + 60_000));
    await challenges.keep("staff", "abe", new Date(time + 5_000));
    await idempotency.claim("intake", "key-9");
    expect(await store.expiry.next()).toBe(time + 5_000);
    time += 5_000;
    expect(await store.expiry.sweep()).toBe(1);
    expect(await store.expiry.next()).toBe(time + 55_000);
    time += 55_000;
    expect(await store.expiry.sweep()).toBe(1);
    expect(await store.expiry.next()).toBe(time - 60_000 + 86_400_000);
    time += 86_400_000;
    expect(await store.expiry.sweep()).toBe(1);
    expect(await store.expiry.next()).toBeUndefined();
  });

  test("grows one audit log from many writers at once", async () => {
    const before = (await store.auditLog.head()).size;
    const entry = (n: number) => new TextEncoder().encode(`entry ${n}`);
    await Promise.all(Array.from({ length: 50 }, (_, n) => store.audit.append([entry(n)])));
    await store.transaction(async (tx) => tx.audit.append(entry(50)));
    const head = await store.auditLog.head();
    expect(head.size).toBe(before + 51);
    expect(await store.auditLog.consistencyProof(before + 1, head.size)).not.toEqual([]);
  });
});
