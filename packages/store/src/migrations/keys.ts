import { sql } from "kysely";
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
  {
    name: "2026-11-23-put-keys",
    up: async (db) => {
      await sql.raw(putSubjectKeys).execute(db);
    },
  },
];

/**
 * Adds keys in one round trip. Each subject's lock makes a destruction wait, and waits for one: every
 * statement of a volatile function sees what was committed before it (read committed), so the tombstone too.
 * Locks are taken in the order of the subjects, so that two callers never wait for each other.
 */
const putSubjectKeys = `
create function put_subject_keys(subjects text[], versions integer[], keys bytea[])
returns table (place bigint, outcome text) language plpgsql volatile as $$
declare
  item record;
begin
  for item in
    select * from unnest(subjects, versions, keys) with ordinality as t (subject, version, wrapped, place) order by t.subject collate "C", t.place
  loop
    perform pg_advisory_xact_lock(hashtextextended(item.subject, 0));
    place := item.place;
    if exists (select from destroyed_subject d where d.subject = item.subject) then
      outcome := 'forgotten';
    else
      insert into subject_key (subject, version, wrapped) values (item.subject, item.version, item.wrapped) on conflict do nothing;
      outcome := case when found then 'made' else 'there' end;
    end if;
    return next;
  end loop;
end
$$`;
