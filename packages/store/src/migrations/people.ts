import { type Migration, statements } from "../database/migrate.ts";

/** Throttling, one-time challenges and blocks that outlive the process; which index key a token was made with. */
export const peopleMigration: Migration = {
  name: "2026-11-23-people",
  up: (db) =>
    statements(
      db,
      `
create table guess (
  key_token bytea primary key,
  spent integer not null,
  until timestamptz not null
);
create index guess_until on guess (until);
create table challenge (
  key_token bytea primary key,
  expires_at timestamptz not null
);
create index challenge_expiry on challenge (expires_at);
create table address_block (
  id text primary key,
  tenant text not null,
  address_token bytea not null unique,
  sealed bytea not null,
  rule text not null,
  blocked_at timestamptz not null,
  until timestamptz not null
);
create index address_block_until on address_block (until);
create index session_expiry on session (expires_at);
alter table application_token add column blocked_at timestamptz, add column blocked_reason text;
alter table account add column index_version integer not null default 1;
`,
    ),
};

/** What patients sign in with, and the one-time code of a case sealed under the patient's own key. */
export const patientsMigration: Migration = {
  name: "2026-11-23-patients",
  up: (db) =>
    statements(
      db,
      `
create table patient_session (
  token_hash bytea primary key,
  id text not null unique,
  tenant text not null,
  patient_token bytea not null,
  sealed bytea not null,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  blocked_at timestamptz,
  blocked_reason text
);
create index patient_session_patient on patient_session (patient_token);
create index patient_session_expiry on patient_session (expires_at);
create table patient_door (
  id text primary key,
  tenant text not null,
  patient_token bytea not null,
  sealed bytea not null,
  version integer not null,
  index_version integer not null,
  created_at timestamptz not null
);
create index patient_door_patient on patient_door (patient_token);
alter table case_view add column access_sealed bytea, add column access_version integer not null default 0,
  add column index_version integer not null default 1;
`,
    ),
};
