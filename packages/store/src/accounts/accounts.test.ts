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
