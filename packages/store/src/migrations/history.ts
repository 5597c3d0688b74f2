import { type Migration, statements } from "../database/migrate.ts";

/**
 * Earlier versions say themselves whose and of what type they are, so that a history of a type reads one index;
 * the index of current versions holds deletions too.
 */
export const historyMigration: Migration = {
  name: "2026-11-23-type-history",
  up: (db) =>
    statements(
      db,
      `
drop index resource_recent;
create index resource_recent on resource (tenant, type, updated_at desc, row_id desc);
alter table resource_history add column tenant text, add column type text;
update resource_history h set tenant = r.tenant, type = r.type from resource r where r.row_id = h.row_id;
alter table resource_history alter column tenant set not null, alter column type set not null;
create index resource_history_recent on resource_history (tenant, type, updated_at desc, row_id desc, version desc);
`,
    ),
};
