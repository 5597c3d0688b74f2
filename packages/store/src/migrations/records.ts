import { type Migration, statements } from "../database/migrate.ts";

/** The sealed record store: resources, their history, blind index rows, the worklist's view. */
export const recordsMigration: Migration = {
  name: "2026-11-21-records",
  up: (db) =>
    statements(
      db,
      `
create sequence row_numbers increment by 1000;
create table resource (
  row_id bigint primary key,
  tenant text not null,
  type text not null,
  id text not null,
  subject text not null,
  version integer not null,
  sealed bytea,
  updated_at timestamptz not null,
  index_version integer not null,
  unique (tenant, type, id)
);
alter table resource alter column sealed set storage external;
create index resource_recent on resource (tenant, type, updated_at desc, row_id desc) where sealed is not null;
create index resource_subject on resource (subject);
create table resource_history (
  row_id bigint not null references resource (row_id) on delete cascade,
  version integer not null,
  subject text not null,
  sealed bytea,
  updated_at timestamptz not null,
  primary key (row_id, version)
);
alter table resource_history alter column sealed set storage external;
create index resource_history_subject on resource_history (subject);
create table resource_index (
  term bigint not null,
  row_id bigint not null,
  primary key (term, row_id)
);
create index resource_index_row on resource_index (row_id);
create table case_view (
  id text primary key,
  tenant text not null,
  subject text not null,
  status text not null check (status in ('open', 'closed')),
  number_token bytea not null unique,
  access_token bytea,
  opened_at timestamptz not null,
  closed_at timestamptz,
  sealed bytea not null,
  version integer not null
);
create index case_view_list on case_view (tenant, status, opened_at desc, id desc);
create index case_view_subject on case_view (subject);
create table case_assignment (
  case_id text not null references case_view (id) on delete cascade,
  account_id text not null references account (id) on delete cascade,
  assigned_at timestamptz not null,
  primary key (case_id, account_id)
);
create index case_assignment_account on case_assignment (account_id);
`,
    ),
};
