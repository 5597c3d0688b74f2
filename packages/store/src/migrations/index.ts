import type { Migration } from "../database/migrate.ts";
import { auditPendingMigration } from "../audit/pending.ts";
import { accountsMigration } from "./accounts.ts";
import { historyMigration } from "./history.ts";
import { inboundMigration, outboundMigration } from "../federation/migrations.ts";
import { witnessMigration } from "../federation/witness.ts";
import { patientsMigration, peopleMigration } from "./people.ts";
import { recentMigration } from "./recent.ts";
import { recordsMigration } from "./records.ts";

/** The whole schema of a station, in order. Steps are only ever appended. */
export const stationMigrations: readonly Migration[] = [
  accountsMigration,
  recordsMigration,
  outboundMigration,
  peopleMigration,
  patientsMigration,
  auditPendingMigration,
  historyMigration,
  recentMigration,
];

/** The whole schema of the hub: no patient's records, only what was sealed to it. */
export const hubMigrations: readonly Migration[] = [
  accountsMigration,
  inboundMigration,
  peopleMigration,
  auditPendingMigration,
  witnessMigration,
];
