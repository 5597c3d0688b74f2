import type { Generated } from "kysely";

/** Rows as the database holds them. What each column hides: docs/security.md, "The sealed store". */

export interface ResourceTable {
  /** Handed out in blocks by `row_numbers`; joins the index rows, never leaves the database. */
  row_id: number;
  tenant: string;
  /** FHIR resource type. */
  type: string;
  id: string;
  /** Whose key seals the current version. */
  subject: string;
  version: number;
  /** Null once deleted: what was there is in the history. */
  sealed: Uint8Array | null;
  updated_at: Date;
  /** The blind index key that this row's terms were made with. */
  index_version: number;
}

/** Versions before the current one, moved here as they were sealed. A deletion is a version without content. */
export interface ResourceHistoryTable {
  row_id: number;
  version: number;
  /** As in the resource's row: what a history of a type is read by. */
  tenant: string;
  type: string;
  subject: string;
  sealed: Uint8Array | null;
  updated_at: Date;
}

/** Blind index rows and reference rows: `term` is 32 bits of which index, 32 or fewer bits of keyed hash. */
export interface ResourceIndexTable {
  term: bigint | string;
  row_id: number;
}

/** The worklist's view of a ServiceRequest. `sealed` is its summary, under the patient's key. */
export interface CaseTable {
  tenant: string;
  id: string;
  subject: string;
  status: "open" | "closed";
  /** Keyed hash of the case number. */
  number_token: Uint8Array;
  /** Not written any more: `access_sealed` took its place. */
  access_token: Uint8Array | null;
  /** Salted hashes of the case's one-time codes, under the patient's key; null without a code. */
  access_sealed: Uint8Array | null;
  access_version: number;
  /** The blind index key that `number_token` was made with. */
  index_version: number;
  opened_at: Date;
  closed_at: Date | null;
  sealed: Uint8Array;
  version: number;
}

export interface CaseAssignmentTable {
  case_id: string;
  account_id: string;
  assigned_at: Date;
}

export interface AccountTable {
  id: string;
  tenant: string;
  /** Keyed hash of the normalised name to sign in with. */
  name_token: Uint8Array;
  sealed: Uint8Array;
  version: number;
  created_at: Date;
  disabled_at: Date | null;
  /** The blind index key that `name_token` was made with. */
  index_version: number;
}

export interface SessionTable {
  /** SHA-256 of the cookie's token. */
  token_hash: Uint8Array;
  /** Names the session where an administrator sees it. */
  id: string;
  account_id: string;
  created_at: Date;
  expires_at: Date;
  blocked_at: Date | null;
  blocked_reason: string | null;
}

export interface ApplicationTokenTable {
  id: string;
  tenant: string;
  token_hash: Uint8Array;
  sealed: Uint8Array;
  created_at: Date;
  expires_at: Date | null;
  revoked_at: Date | null;
  /** Set by the guard. */
  blocked_at: Date | null;
  blocked_reason: string | null;
}

/** Guesses within a window, by a keyed hash of who guesses and at what. */
export interface GuessTable {
  key_token: Uint8Array;
  spent: number;
  until: Date;
}

/** Challenges given out and not answered yet. */
export interface ChallengeTable {
  key_token: Uint8Array;
  expires_at: Date;
}

/** Addresses that the guard turned away; `sealed` holds the address. */
export interface AddressBlockTable {
  id: string;
  tenant: string;
  address_token: Uint8Array;
  sealed: Uint8Array;
  rule: string;
  blocked_at: Date;
  until: Date;
}

/** Patients' sessions; `sealed` says whose, `patient_token` is a keyed hash of it. */
export interface PatientSessionTable {
  token_hash: Uint8Array;
  id: string;
  tenant: string;
  patient_token: Uint8Array;
  sealed: Uint8Array;
  created_at: Date;
  expires_at: Date;
  blocked_at: Date | null;
  blocked_reason: string | null;
}

/** Patients' passkeys, alike. */
export interface PatientDoorTable {
  id: string;
  tenant: string;
  patient_token: Uint8Array;
  sealed: Uint8Array;
  version: number;
  index_version: number;
  created_at: Date;
}

export interface IdempotencyTable {
  /** Keyed hash of scope and key. */
  key_token: Uint8Array;
  sealed: Uint8Array | null;
  created_at: Date;
}

/** Entries of the audit log in order, as they were appended. */
export interface AuditEntryTable {
  index: number;
  entry: Uint8Array;
}

/** Hashes of the complete subtrees over them. */
export interface AuditNodeTable {
  level: number;
  index: number;
  hash: Uint8Array;
}

/** One sealed value under a fixed name: a node's identity, the last checkpoint, a setting. */
export interface SettingTable {
  name: string;
  sealed: Uint8Array;
  version: number;
}

export interface Tables {
  resource: ResourceTable;
  resource_history: ResourceHistoryTable;
  resource_index: ResourceIndexTable;
  case_view: CaseTable;
  case_assignment: CaseAssignmentTable;
  account: AccountTable;
  session: SessionTable;
  application_token: ApplicationTokenTable;
  idempotency: IdempotencyTable;
  guess: GuessTable;
  challenge: ChallengeTable;
  address_block: AddressBlockTable;
  patient_session: PatientSessionTable;
  patient_door: PatientDoorTable;
  audit_entry: AuditEntryTable;
  audit_node: AuditNodeTable;
  setting: SettingTable;
}

export type KeyTables = {
  subject_key: { subject: string; version: number; wrapped: Uint8Array };
  destroyed_subject: { subject: string; destroyed_at: Generated<Date> };
};
