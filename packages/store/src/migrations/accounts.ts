import { type Migration, statements } from "../database/migrate.ts";

/** What station and hub both keep: people, sessions, application tokens, the audit log, settings. */
export const accountsMigration: Migration = {
  name: "2026-11-20-accounts",
  up: (db) =>
    statements(
      db,
      `
create table account (
  id text primary key,
  tenant text not null,
  name_token bytea not null,
  sealed bytea not null,
  version integer not null,
  created_at timestamptz not null,
  disabled_at timestamptz,
  unique (tenant, name_token)
);
create table session (
  token_hash bytea primary key,
  id text not null unique,
  account_id text not null references account (id) on delete cascade,
  created_at timestamptz not null,
  expires_at timestamptz not null,
  blocked_at timestamptz,
  blocked_reason text
);
create index session_account on session (account_id);
create table application_token (
  id text primary key,
  tenant text not null,
  token_hash bytea not null unique,
  sealed bytea not null,
  created_at timestamptz not null,
  expires_at timestamptz,
  revoked_at timestamptz
);
create table idempotency (
  key_token bytea primary key,
  sealed bytea,
  created_at timestamptz not null
);
create index idempotency_age on idempotency (created_at);
create table audit_entry (
  index bigint primary key,
  entry bytea not null
);
create table audit_node (
  level integer not null,
  index bigint not null,
  hash bytea not null,
  primary key (level, index)
);
create table setting (
  name text primary key,
  sealed bytea not null,
  version integer not null
);
`,
    ),
};
