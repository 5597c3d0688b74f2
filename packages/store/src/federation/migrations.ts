import { type Migration, statements } from "../database/migrate.ts";

/** The sending side: every station, and the hub towards its stations. */
export const outboundMigration: Migration = {
  name: "2026-11-22-federation-out",
  up: (db) =>
    statements(
      db,
      `
create table fed_outbox (
  id bigint generated always as identity primary key,
  event_id text not null unique,
  to_node text not null,
  lane text not null,
  class text not null,
  type text not null,
  schema_version integer not null,
  key text,
  payload bytea,
  created_at timestamptz not null,
  judged bytea,
  epoch integer,
  seq bigint,
  done_at timestamptz
);
create index fed_outbox_pending on fed_outbox (id) where seq is null;
create index fed_outbox_open on fed_outbox (to_node, created_at) where done_at is null;
create index fed_outbox_envelope on fed_outbox (to_node, epoch, lane, seq);
create table fed_chain (
  to_node text not null,
  epoch integer not null,
  lane text not null,
  head_seq bigint not null,
  head_hash text not null,
  acked_seq bigint not null default 0,
  closed boolean not null default false,
  primary key (to_node, epoch, lane)
);
create table fed_envelope (
  to_node text not null,
  epoch integer not null,
  lane text not null,
  seq bigint not null,
  hash text not null,
  bytes bytea,
  created_at timestamptz not null,
  acked_at timestamptz,
  primary key (to_node, epoch, lane, seq)
);
create index fed_envelope_unacked on fed_envelope (to_node, lane, epoch, seq) where acked_at is null;
create index fed_envelope_acked on fed_envelope (acked_at) where bytes is not null;
create table fed_peer (
  node text primary key,
  key_id text not null,
  sign_key bytea not null,
  box_key bytea not null,
  membership text not null,
  epoch integer not null
);
create table fed_decision (
  id bigint generated always as identity primary key,
  event_id text not null,
  class text not null,
  type text not null,
  verdict text not null,
  rule text not null,
  policy_version text not null,
  digest_in text not null,
  digest_out text,
  decided_at timestamptz not null
);
create table fed_cohort (
  cohort text primary key,
  people integer not null
);
create table fed_refused_here (
  to_node text not null,
  epoch integer not null,
  lane text not null,
  seq bigint not null,
  event_id text not null,
  code text not null,
  primary key (to_node, event_id)
);
`,
    ),
};

/** The receiving side, and what the hub knows of its fleet. */
export const inboundMigration: Migration = {
  name: "2026-11-22-federation-in",
  up: (db) =>
    statements(
      db,
      `
create table fed_member (
  node text not null,
  key_id text not null,
  sign_key bytea not null,
  box_key bytea not null,
  gateway_key bytea not null,
  invitation text not null unique,
  membership text not null,
  joined_at timestamptz not null,
  revoked_at timestamptz,
  primary key (node, key_id)
);
create table fed_in_chain (
  from_node text not null,
  epoch integer not null,
  lane text not null,
  contiguous bigint not null,
  hash text not null,
  quarantined boolean not null default false,
  primary key (from_node, epoch, lane)
);
create table fed_in_envelope (
  from_node text not null,
  epoch integer not null,
  lane text not null,
  seq bigint not null,
  hash text not null,
  received_at timestamptz not null,
  applied boolean not null,
  bytes bytea,
  primary key (from_node, epoch, lane, seq)
);
create index fed_in_envelope_kept on fed_in_envelope (from_node, epoch, lane, seq) where not applied;
create table fed_in_event (
  from_node text not null,
  event_id text not null,
  epoch integer not null,
  lane text not null,
  seq bigint not null,
  primary key (from_node, event_id)
);
create table fed_parked (
  from_node text not null,
  event_id text not null,
  epoch integer not null,
  lane text not null,
  seq bigint not null,
  key text,
  code text not null,
  envelope bytea not null,
  parked_at timestamptz not null,
  primary key (from_node, event_id)
);
create index fed_parked_key on fed_parked (from_node, key) where key is not null;
create table fed_quarantine (
  id bigint generated always as identity primary key,
  from_node text not null,
  epoch integer not null,
  lane text not null,
  seq bigint not null,
  code text not null,
  hash text not null,
  envelope bytea not null,
  seen_at timestamptz not null,
  unique (from_node, epoch, lane, seq, hash)
);
create table fleet_station (
  node text primary key,
  last_seen_at timestamptz not null,
  next_within_ms integer not null,
  status text not null,
  version text not null,
  pending_events bigint not null,
  lag_ms bigint not null
);
create table fleet_count (
  node text not null,
  week text not null,
  language text not null,
  age_band text not null,
  opened integer not null default 0,
  closed integer not null default 0,
  primary key (node, week, language, age_band)
);
`,
    ),
};
