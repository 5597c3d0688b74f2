import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { parseSearch } from "@yizhan/records";
import { sql } from "kysely";
import { expect, test } from "vitest";
import type { DatabaseOptions } from "./database/open.ts";
import { openTestStore } from "./testing/open.ts";
import { startPostgres } from "./testing/postgres.ts";
import { filesHolding } from "./testing/sentinel.ts";

const sentinels = ["Zyxwanda Quibbleton", "苍穹之上的龙", "+258846660999", "throbbing behind the left eye", "MZ-SENT-1NEL"];

/** Writes a visit in which every sentinel occurs, then looks for them in the database's files. */
async function visit(
  database: DatabaseOptions,
  directory: string,
  flush: string,
  dump: () => Promise<unknown> = () => Promise.resolve(),
): Promise<void> {
  const store = await openTestStore({ database });
  const { resources, cases, accounts, settings, idempotency } = store.direct();
  const [name = "", other = "", phone = "", complaint = "", caseNumber = ""] = sentinels;
  const patient = await resources.create({
    resourceType: "Patient",
    name: [{ text: name }, { text: other }],
    telecom: [{ system: "phone", value: phone }],
  });
  await resources.update(patient.id, { ...patient.resource, active: true });
  const subject = { reference: `Patient/${patient.id}` };
  await resources.create({ resourceType: "Condition", subject, code: { text: complaint } });
  await cases.open({
    id: "sr",
    patientId: patient.id,
    accessCode: phone,
    summary: { caseNumber, name, language: "pt", complaint },
  });
  await accounts.create({ name, role: "clinician", language: "pt" });
  await settings.put("note", { complaint });
  await idempotency.claim("intake", phone);
  await idempotency.keep("intake", phone, { caseNumber });
  await resources.search(parseSearch("Patient", [["phone", phone]]));
  await resources.create(patient.resource, patient.id).catch(() => "refused as a duplicate");
  await sql.raw(flush).execute(store.database.kysely);
  await dump();
  expect(await filesHolding(directory, sentinels)).toEqual([]);

  // The control: a plain row must be found, or the search proves nothing.
  await sql`create table plain (text text)`.execute(store.database.kysely);
  await sql`insert into plain values (${complaint})`.execute(store.database.kysely);
  await sql.raw(flush).execute(store.database.kysely);
  expect((await filesHolding(directory, sentinels)).length).toBeGreaterThan(0);
  await store.close();
}

test("the embedded database's files and log hold no word of a record", async () => {
  const directory = await mkdtemp(join(tmpdir(), "yizhan-sentinel-"));
  await visit({ kind: "pglite", directory }, directory, "checkpoint");
  await rm(directory, { recursive: true });
});

test("PostgreSQL's files, its log, its server log and a dump hold no word of a record", async () => {
  const server = await startPostgres({ settings: ["log_min_messages=info"] });
  const dump = () =>
    promisify(execFile)("/usr/lib/postgresql/15/bin/pg_dump", [server.url, "-f", join(server.directory, "dump.sql")]);
  await visit({ kind: "postgres", url: server.url }, server.directory, "checkpoint", dump);
  await server.stop();
});
