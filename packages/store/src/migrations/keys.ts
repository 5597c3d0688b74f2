import { type Migration, statements } from "../database/migrate.ts";

/** The key store's own database: wrapped subject keys, and tombstones of those destroyed. */
export const keyMigrations: readonly Migration[] = [
  {
    name: "2026-11-20-keys",
    up: (db) =>
      statements(
        db,
        `
create table subject_key (
  subject text not null,
  version integer not null,
  wrapped bytea not null,
  primary key (subject, version)
);
create table destroyed_subject (
  subject text primary key,
  destroyed_at timestamptz not null default now()
);
`,
      ),
  },
];
