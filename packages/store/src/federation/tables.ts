import type { Generated, Kysely } from "kysely";
import type { Tables } from "../database/tables.ts";

/** Rows of federation as the database holds them. The rules: docs/federation.md. */

export type FederationTables = {
  fed_outbox: {
    id: Generated<number>;
    event_id: string;
    to_node: string;
    lane: string;
    class: string;
    type: string;
    schema_version: number;
    key: string | null;
    /** Sealed; emptied once acknowledged. */
    payload: Uint8Array | null;
    created_at: Date;
    /** What the gateway let through and why, sealed; kept for another epoch until acknowledged. */
    judged: Uint8Array | null;
    epoch: number | null;
    seq: number | null;
    done_at: Date | null;
  };
  fed_chain: {
    to_node: string;
    epoch: number;
    lane: string;
    head_seq: number;
    head_hash: string;
    acked_seq: number;
    closed: boolean;
  };
  fed_envelope: {
    to_node: string;
    epoch: number;
    lane: string;
    seq: number;
    hash: string;
    /** As sent, sealed to the recipient; dropped 30 days after the ack. */
    bytes: Uint8Array | null;
    created_at: Date;
    acked_at: Date | null;
  };
  fed_peer: { node: string; key_id: string; sign_key: Uint8Array; box_key: Uint8Array; membership: string; epoch: number };
  fed_decision: {
    id: Generated<number>;
    event_id: string;
    class: string;
    type: string;
    verdict: string;
    rule: string;
    policy_version: string;
    digest_in: string;
    digest_out: string | null;
    decided_at: Date;
  };
  fed_cohort: { cohort: string; people: number };
  fed_refused_here: { to_node: string; epoch: number; lane: string; seq: number; event_id: string; code: string };

  fed_member: {
    node: string;
    key_id: string;
    sign_key: Uint8Array;
    box_key: Uint8Array;
    gateway_key: Uint8Array;
    /** SHA-256 of the one-time token, in hex. */
    invitation: string;
    membership: string;
    joined_at: Date;
    revoked_at: Date | null;
  };
  fed_in_chain: {
    from_node: string;
    epoch: number;
    lane: string;
    contiguous: number;
    hash: string;
    quarantined: boolean;
  };
  fed_in_envelope: {
    from_node: string;
    epoch: number;
    lane: string;
    seq: number;
    hash: string;
    received_at: Date;
    applied: boolean;
    /** Only while it waits for those before it. */
    bytes: Uint8Array | null;
  };
  fed_in_event: { from_node: string; event_id: string; epoch: number; lane: string; seq: number };
  fed_parked: {
    from_node: string;
    event_id: string;
    epoch: number;
    lane: string;
    seq: number;
    key: string | null;
    code: string;
    envelope: Uint8Array;
    parked_at: Date;
  };
  fed_quarantine: {
    id: Generated<number>;
    from_node: string;
    epoch: number;
    lane: string;
    seq: number;
    code: string;
    hash: string;
    envelope: Uint8Array;
    seen_at: Date;
  };

  fleet_station: {
    node: string;
    last_seen_at: Date;
    next_within_ms: number;
    status: string;
    version: string;
    pending_events: number;
    lag_ms: number;
  };
  fleet_checkpoint: {
    id: Generated<number>;
    node: string;
    size: number;
    note: string;
    seen_at: Date;
    contradicts: string | null;
  };
  fleet_count: { node: string; week: string; language: string; age_band: string; opened: number; closed: number };
};

/** A handle that reaches the tables of federation beside the store's own. */
export type FederationHandle = Kysely<Tables & FederationTables>;
