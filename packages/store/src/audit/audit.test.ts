import type { FhirResource } from "@yizhan/records";
import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import type { DatabaseOptions } from "../database/open.ts";
import { overDatabases } from "../testing/databases.ts";
import { openTestStore } from "../testing/open.ts";
import { verifyRecords } from "./seals.ts";
import { auditStorage } from "./storage.ts";

const patient: FhirResource = { resourceType: "Patient", name: [{ family: "Sitoe" }] };
const bytes = (text: string) => new TextEncoder().encode(text);

async function opened(database: DatabaseOptions) {
  const store = await openTestStore({ database });
  onTestFinished(() => store.close());
  const said = async () =>
    (await auditStorage(store.database).entries(0, 100))
      .map((entry) => new TextDecoder().decode(entry))
      .filter((entry) => !entry.includes("record.seal"));
  const create = (id: string) => store.direct().resources.create(patient, id, async () => [bytes(`made ${id}`)]);
  return { store, said, create };
}

overDatabases("the audit of writes", (fresh) => {
  test("a record and its entry are written as one, many callers at once", async () => {
    const { store, said, create } = await opened(await fresh());
    await Promise.all(Array.from({ length: 40 }, (_, n) => create(`p${n}`)));
    expect((await said()).toSorted()).toEqual(Array.from({ length: 40 }, (_, n) => `made p${n}`).toSorted());
    expect((await store.direct().resources.read("Patient", "p39"))?.id).toBe("p39");
    expect((await store.auditLog.head()).size).toBe(40);
  });

  test("an id that is taken leaves no entry, and its neighbours are written", async () => {
    const { store, said, create } = await opened(await fresh());
    await store.direct().resources.create(patient, "taken");
    const outcomes = await Promise.allSettled(["a", "taken", "b"].map(create));
    expect(outcomes.map((one) => one.status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
    expect(outcomes[1]).toMatchObject({ reason: { code: "duplicate" } });
    expect((await said()).toSorted()).toEqual(["made a", "made b"]);
  });

  test("what was committed and not logged before the process died is logged at the next start", async () => {
    const { store, said } = await opened(await fresh());
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
    const { store } = await opened(await fresh());
    const { kysely } = store.database;
    const look = () => verifyRecords(kysely, auditStorage(store.database));
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
    await sql`update audit_entry set entry = entry || '\\x20'::bytea where index = 0`.execute(kysely);
    await expect(look()).rejects.toMatchObject({ code: "log-broken" });
  });

  test("two processes that write at once lose nothing", async () => {
    const place = await fresh();
    const all = place.kind === "pglite" ? [await opened(place)] : [await opened(place), await opened(place)];
    const ids = all.flatMap((_, at) => Array.from({ length: 25 }, (_, n) => `${at}-${n}`));
    await Promise.all(ids.map((id) => all[Number(id[0])]?.create(id)));
    expect((await all[0]?.said())?.toSorted()).toEqual(ids.map((id) => `made ${id}`).toSorted());
  });
});
