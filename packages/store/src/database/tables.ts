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
  /** Keyed hash of case number and access code; null once withdrawn. */
  access_token: Uint8Array | null;
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
  audit_entry: AuditEntryTable;
  audit_node: AuditNodeTable;
  setting: SettingTable;
}

export type KeyTables = {
  subject_key: { subject: string; version: number; wrapped: Uint8Array };
  destroyed_subject: { subject: string; destroyed_at: Generated<Date> };
};
