import type { OutboxWriter } from "@yizhan/federation";
import { AuditLog, type Vault } from "@yizhan/vault";
import { type Kysely, sql } from "kysely";
import { type Accounts, accounts } from "./accounts/accounts.ts";
import { type AddressBlocks, addressBlocks } from "./accounts/address-blocks.ts";
import { type ApplicationTokens, applicationTokens } from "./accounts/application-tokens.ts";
import { type Challenges, challenges } from "./accounts/challenges.ts";
import { type Expiry, expiry } from "./accounts/expiry.ts";
import { type Guesses, guesses } from "./accounts/guesses.ts";
import { type Idempotency, idempotency } from "./accounts/idempotency.ts";
import { type Sessions, sessions } from "./accounts/sessions.ts";
import { type Settings, settings } from "./accounts/settings.ts";
import type { Along } from "./audit/along.ts";
import { recoverPending, writePending } from "./audit/pending.ts";
import { auditStorage } from "./audit/storage.ts";
import { type AuditWriter, groupedAudit } from "./audit/writer.ts";
import { type Cases, cases } from "./cases/cases.ts";
import { type PatientDoors, patientDoors } from "./cases/patient-doors.ts";
import { type PatientSessions, patientSessions } from "./cases/patient-sessions.ts";
import type { Database } from "./database/open.ts";
import type { Tables } from "./database/tables.ts";
import { StoreError } from "./errors.ts";
import { type SealedFiles, sealedFiles } from "./files/sealed-files.ts";
import { type Resources, resources } from "./resources/repository.ts";
import { type CurrentRow, currentRows } from "./resources/current-rows.ts";
import { insertRows } from "./resources/rows.ts";
import { NewPatients } from "./resources/new-patients.ts";
import { RowNumbers } from "./resources/row-numbers.ts";
import { lockedOutSubject, patientSubject } from "./resources/subjects.ts";
import { openRotations, type Rotations } from "./rotation/rotations.ts";
import type { Scope } from "./scope.ts";

export interface OpenStoreOptions {
  readonly database: Database;
  readonly vault: Vault;
  /** The tenant where none is named, usually the country's own organisation. */
  readonly tenantDefault: string;
  /** Makes the outbox's writer for one transaction. Without it `tx.outbox.append` throws. */
  readonly outbox?: (transaction: Kysely<Tables>) => OutboxWriter;
  readonly now?: () => number;
  /** Where files too large for a row are kept sealed (`<data>/files`); without it there are none. */
  readonly files?: string;
}

/** The repositories over one handle and one tenant. */
export interface Repositories {
  readonly tenant: string;
  readonly resources: Resources;
  readonly cases: Cases;
  readonly accounts: Accounts;
  readonly sessions: Sessions;
  readonly applicationTokens: ApplicationTokens;
  readonly patientSessions: PatientSessions;
  readonly patientDoors: PatientDoors;
  readonly addressBlocks: AddressBlocks;
  readonly challenges: Challenges;
  readonly guesses: Guesses;
  readonly idempotency: Idempotency;
  readonly settings: Settings;
}

/** Inside a transaction use only this: on PGlite any other handle would wait for ever. */
export interface Transaction extends Repositories {
  readonly outbox: OutboxWriter;
  /** Committed with the transaction, and in the log before `transaction` resolves. */
  readonly audit: { append(entry: Uint8Array): void };
  /** Waits until no other transaction holds the lock of this name, and holds it to the end. */
  lock(name: string): Promise<void>;
  /** The handle itself, for tables of other folders of this package. */
  readonly db: Kysely<Tables>;
}

export interface Store {
  readonly database: Database;
  readonly vault: Vault;
  /** Everything `work` writes, or nothing. Another try is made where two transactions waited for each other. */
  transaction<T>(work: (tx: Transaction) => Promise<T>, options?: { readonly tenant?: string }): Promise<T>;
  /** The repositories without a transaction: each call stands alone. For reads and for single writes. */
  direct(tenant?: string): Repositories;
  /** Appends to the audit log outside a transaction; resolves once durable. */
  readonly audit: AuditWriter;
  /** Files too large for a row; undefined where the store was opened without a folder for them. */
  readonly files: SealedFiles | undefined;
  /** Logs what a process that died had committed and not logged. Call it at the start; resolves how many entries. */
  recoverAudit(): Promise<number>;
  /** The log itself, for checkpoints and proofs. Entries are appended through `audit`. */
  readonly auditLog: AuditLog<Along>;
  /** Calls `tell` with the log's size after each time this process wrote to it, until the returned function is called. */
  onAudit(tell: (size: number) => void): () => void;
  /**
   * Forgets a patient for ever: destroys the key, then removes files, index rows, case rows and what can no longer
   * be opened. Safe to repeat after an interruption. The audit log keeps the pseudonym's entries.
   */
  forget(patientId: string, tenant?: string): Promise<void>;
  /** Remembers apart from the data that an account was locked out: no restore of an older backup lets it in again. */
  lockedOut(accountId: string): Promise<void>;
  /** Rows that are good for a time only. */
  readonly expiry: Expiry;
  /** Exchanges keys while serving. */
  readonly rotations: Rotations;
  close(): Promise<void>;
}

/** Names a node's audit log, for ever. */
export function auditOrigin(country: string): string {
  return `yizhan.local/${country}/audit`;
}

export function openStore(options: OpenStoreOptions): Store {
  const { database, vault, tenantDefault } = options;
  const now = options.now ?? Date.now;
  const rowNumbers = new RowNumbers();
  const newPatients = new NewPatients();
  const files = options.files === undefined ? undefined : sealedFiles(vault, options.files);
  const auditLog = new AuditLog(auditOrigin(vault.country), auditStorage(database));
  const listeners = new Set<(size: number) => void>();
  const audit = groupedAudit({
    async appendAll(entries, along) {
      const first = await auditLog.appendAll(entries, along);
      for (const tell of listeners) tell(first + entries.length);
      return first;
    },
  });

  const logNow: Scope["log"] = (entries, rows) => audit.append(entries, rows === undefined ? undefined : { rows });

  /** Of the node's own rows, and of rows of every organisation. */
  const nodeScope: Scope = {
    db: database.kysely,
    vault,
    tenant: tenantDefault,
    rowNumbers,
    newPatients,
    log: logNow,
    files,
    now,
  };

  function scoped(db: Kysely<Tables>, tenant: string, log: Scope["log"], currentRow?: CurrentRow): Repositories {
    const scope: Scope = { db, vault, tenant, rowNumbers, newPatients, log, currentRow, now };
    return {
      tenant,
      resources: resources(scope),
      cases: cases(scope),
      accounts: accounts(scope),
      sessions: sessions(scope),
      applicationTokens: applicationTokens(scope),
      patientSessions: patientSessions(scope),
      patientDoors: patientDoors(scope),
      addressBlocks: addressBlocks(scope),
      challenges: challenges(scope),
      guesses: guesses(scope),
      idempotency: idempotency(scope),
      settings: settings(scope),
    };
  }

  const currentRow = currentRows(database.kysely);
  const direct = new Map<string, Repositories>();
  function ofTenant(tenant: string): Repositories {
    const known = direct.get(tenant) ?? scoped(database.kysely, tenant, logNow, currentRow);
    // Tenants are few and the station's own.
    if (direct.size < 1_000) direct.set(tenant, known);
    return known;
  }

  async function once<T>(work: (tx: Transaction) => Promise<T>, tenant: string): Promise<T> {
    const entries: Uint8Array[] = [];
    let pending: readonly number[] = [];
    const result = await database.kysely.transaction().execute(async (db) => {
      const outbox = options.outbox?.(db) ?? {
        append: () => Promise.reject(new StoreError("closed", "This store was opened without an outbox.")),
      };
      const appendAudit = (entry: Uint8Array) => {
        entries.push(entry);
      };
      const lock = async (name: string) => {
        await sql`select pg_advisory_xact_lock(hashtextextended(${`${tenant}/${name}`}, 0))`.execute(db);
      };
      const logWith: Scope["log"] = async (added, rows) => {
        if (rows !== undefined) await insertRows(db, rows);
        entries.push(...added);
      };
      const done = await work({ ...scoped(db, tenant, logWith), db, outbox, lock, audit: { append: appendAudit } });
      if (entries.length > 0) pending = await writePending(db, entries);
      return done;
    });
    if (entries.length > 0) await audit.append(entries, { settled: pending });
    return result;
  }

  return {
    database,
    vault,
    audit,
    auditLog,
    onAudit(tell) {
      listeners.add(tell);
      return () => listeners.delete(tell);
    },
    files,
    expiry: expiry(nodeScope),
    rotations: openRotations(nodeScope),
    recoverAudit: () => recoverPending(database.kysely, audit),
    direct: (tenant = tenantDefault) => ofTenant(tenant),
    async transaction(work, { tenant = tenantDefault } = {}) {
      for (let attempt = 1; ; attempt += 1) {
        try {
          return await once(work, tenant);
        } catch (error) {
          if (attempt === 3 || !(error instanceof StoreError) || error.code !== "try-again") throw error;
        }
      }
    },
    lockedOut: (accountId) => vault.forget(lockedOutSubject(accountId)),
    async forget(patientId, tenant = tenantDefault) {
      const subject = patientSubject(tenant, patientId);
      await vault.forget(subject);
      await files?.removeAll(subject);
      await database.kysely.transaction().execute(async (db) => {
        await sql`delete from resource_index where row_id in (select row_id from resource where subject = ${subject})`.execute(
          db,
        );
        await sql`delete from resource_history where subject = ${subject}`.execute(db);
        await sql`delete from case_view where subject = ${subject}`.execute(db);
        await scoped(db, tenant, logNow).patientSessions.endAll(patientId);
        await scoped(db, tenant, logNow).patientDoors.removeAll(patientId);
        await sql`update resource set sealed = null, version = version + 1 where subject = ${subject} and sealed is not null`.execute(
          db,
        );
      });
    },
    close: () => database.close(),
  };
}
