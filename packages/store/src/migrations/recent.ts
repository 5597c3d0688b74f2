import { type Migration, statements } from "../database/migrate.ts";

/**
 * The index by time of change says which rows it holds, though it holds all: only a statement that asks for `row_id > 0`
 * can be planned with it. Where nothing has counted the rows yet (PGlite never does), the planner takes it for as good
 * as the key when a record is looked up by its id, and would walk all records of its type.
 */
export const recentMigration: Migration = {
  name: "2026-11-23-recent-rows",
  up: (db) =>
    statements(
      db,
      `
drop index resource_recent;
create index resource_recent on resource (tenant, type, updated_at desc, row_id desc) where row_id > 0;
`,
    ),
};
