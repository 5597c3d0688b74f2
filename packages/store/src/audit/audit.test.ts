import type { FhirResource } from "@yizhan/records";
import { AuditLog } from "@yizhan/vault";
import { sql } from "kysely";
import { afterAll, beforeAll, beforeEach, expect, onTestFinished, test } from "vitest";
import type { DatabaseOptions } from "../database/open.ts";
import { openStore, type Store } from "../store.ts";
import { overDatabases } from "../testing/databases.ts";
import { openTestStore } from "../testing/open.ts";
import { auditStorage } from "./storage.ts";
import { verifyAudit } from "./verify.ts";

const patient: FhirResource = { resourceType: "Patient", name: [{ family: "Sitoe" }] };
const bytes = (text: string) => new TextEncoder().encode(text);

function parts(store: Store) {
  const said = async () =>
    (await auditStorage(store.database).entries(0, 100))
      .map((entry) => new TextDecoder().decode(entry))
      .filter((entry) => !entry.includes("record.seal"));
  const create = (id: string) => store.direct().resources.create(patient, id, async () => [bytes(`made ${id}`)]);
  return { store, said, create };
}

overDatabases("the audit of writes", (fresh) => {
  let place: DatabaseOptions;
  let kept: Store;
  beforeAll(async () => {
    place = await fresh();
    kept = await openTestStore({ database: place });
  });
  afterAll(() => kept.close());
  beforeEach(() => sql`truncate audit_entry, audit_node, audit_pending, resource cascade`.execute(kept.database.kysely));
  /** A process that has not written yet, over the one database, emptied. */
  const opened = () => parts(openStore({ database: kept.database, vault: kept.vault, tenantDefault: "mz" }));

  test("a record and its entry are written as one, many callers at once", async () => {
    const { store, said, create } = opened();
    await Promise.all(Array.from({ length: 40 }, (_, n) => create(`p${n}`)));
    expect((await said()).toSorted()).toEqual(Array.from({ length: 40 }, (_, n) => `made p${n}`).toSorted());
    expect((await store.direct().resources.read("Patient", "p39"))?.id).toBe("p39");
    expect((await store.auditLog.head()).size).toBe(40);
  });

  test("an id that is taken leaves no entry, and its neighbours are written", async () => {
    const { store, said, create } = opened();
    await store.direct().resources.create(patient, "taken");
    const outcomes = await Promise.allSettled(["a", "taken", "b"].map(create));
    expect(outcomes.map((one) => one.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(outcomes[1]).toMatchObject({ reason: { code: "duplicate" } });
    expect((await said()).toSorted()).toEqual(["made a", "made b"]);
  });

  test("what was committed and not logged before the process died is logged at the next start", async () => {
    const { store, said } = opened();
    await store.transaction(async (tx) => {
      await tx.resources.create(patient, "p");
      tx.audit.append(bytes("in order"));
    });
    expect(await said()).toEqual(["in order"]);
    // As a process leaves it that is killed between its commit and the log.
    await sql`insert into audit_pending (entry, written_at) values (${bytes("left behind")}, now() - interval '1 minute'),
      (${bytes("of a process at work")}, now())`.execute(store.database.kysely);
    expect(await store.recoverAudit()).toBe(1);
    expect(await store.recoverAudit()).toBe(0);
    expect(await said()).toEqual(["in order", "left behind"]);
  });

  test("a record that is set back to what it was, or changed behind the log, shows", async () => {
    const { store } = opened();
    const { kysely } = store.database;
    const look = async () => (await verifyAudit(store.database, [])).compared;
    const { resources } = store.direct();
    await resources.createMany([
      { resource: patient, id: "p" },
      { resource: patient, id: "q" },
      { resource: patient, id: "r" },
    ]);
    await store.transaction(async (tx) => {
      await tx.resources.update("p", { ...patient, active: true });
      await tx.resources.delete("Patient", "r");
    });
    expect(await look()).toMatchObject({ records: 2, setBack: 0, unknown: 0 });
    await sql`update resource r set sealed = h.sealed, version = h.version from resource_history h where h.row_id = r.row_id and r.id = 'p'`.execute(
      kysely,
    );
    expect(await look()).toMatchObject({ setBack: 1, unknown: 0 });
    await sql`update resource set sealed = sealed || '\\x00'::bytea where id = 'q'`.execute(kysely);
    expect(await look()).toMatchObject({ setBack: 1, unknown: 1 });
  });

  test("an entry that was changed, removed, exchanged, or cut off behind a checkpoint is named, whoever mends the hashes", async () => {
    const { store, create } = opened();
    const { kysely } = store.database;
    for (const id of ["a", "b", "c", "d"]) await create(id);
    const early = await store.auditLog.checkpoint();
    for (const id of ["e", "f", "g", "h"]) await create(id);
    const last = await store.auditLog.checkpoint();
    const { size } = last;
    const look = async () => (await verifyAudit(store.database, [early, last])).fault;
    expect(await look()).toBeUndefined();
    for (const table of ["audit_entry", "audit_node"])
      await sql.raw(`create table ${table}_kept as table ${table}`).execute(kysely);
    const mend = async () => {
      for (const table of ["audit_entry", "audit_node"])
        for (const statement of [`truncate ${table}`, `insert into ${table} select * from ${table}_kept`])
          await sql.raw(statement).execute(kysely);
    };
    /** What someone does who knows the tables: all hashes again, over other entries. */
    const rewrite = async (change: (entries: Uint8Array[]) => Uint8Array[]) => {
      const entries = [...(await auditStorage(store.database).entries(0, size))];
      await sql`truncate audit_entry, audit_node`.execute(kysely);
      await new AuditLog("x", auditStorage(store.database)).appendAll(change(entries));
    };
    const cases: [change: () => Promise<unknown>, fault: object][] = [
      [
        () => sql`update audit_entry set entry = entry || '\\x20'::bytea where index = 3`.execute(kysely),
        { kind: "entry-changed", first: 3, last: 3 },
      ],
      [() => sql`delete from audit_entry where index = 2`.execute(kysely), { kind: "entry-missing", first: 2, last: 2 }],
      [
        () => sql`update audit_entry set index = index - 1 + 100 where index > 2`.execute(kysely),
        { kind: "entry-missing", first: 3, last: 3 },
      ],
      [
        () =>
          sql`update audit_entry e set entry = o.entry from audit_entry o where o.index = 11 - e.index and e.index in (5, 6)`.execute(
            kysely,
          ),
        { kind: "entry-changed", first: 5, last: 5 },
      ],
      [
        () => sql`update audit_node set hash = sha256(hash) where level = 2 and index = 1`.execute(kysely),
        { kind: "tree-changed", first: 4, last: 7 },
      ],
      [() => sql`delete from audit_entry where index >= 6`.execute(kysely), { kind: "entry-missing", first: 6, last: 6 }],
      // With the hashes computed again only a checkpoint tells.
      [
        () => rewrite((entries) => entries.with(1, bytes("another"))),
        { kind: "checkpoint-differs", first: 0, last: early.size - 1 },
      ],
      [
        () => rewrite((entries) => entries.with(6, bytes("another"))),
        { kind: "checkpoint-differs", first: early.size, last: size - 1 },
      ],
      [
        () => rewrite((entries) => entries.toSpliced(5, 2, ...entries.slice(5, 7).toReversed())),
        { kind: "checkpoint-differs", first: early.size, last: size - 1 },
      ],
      [() => rewrite((entries) => entries.slice(0, 6)), { kind: "end-missing", first: 6, last: size - 1 }],
    ];
    for (const [change, fault] of cases) {
      await change();
      expect(await look()).toEqual(fault);
      await mend();
    }
    expect(await look()).toBeUndefined();
  });

  test("two processes that write at once lose nothing", async () => {
    const other = place.kind === "pglite" ? [] : [await openTestStore({ database: place })];
    onTestFinished(() => Promise.all(other.map((one) => one.close())).then(() => undefined));
    const all = [opened(), ...other.map(parts)];
    const ids = all.flatMap((_, at) => Array.from({ length: 25 }, (_, n) => `${at}-${n}`));
    await Promise.all(ids.map((id) => all[Number(id[0])]?.create(id)));
    expect((await all[0]?.said())?.toSorted()).toEqual(ids.map((id) => `made ${id}`).toSorted());
  });
});
