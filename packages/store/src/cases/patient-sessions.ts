import { randomUUID } from "node:crypto";
import { exactToken, exactTokens, sealedJson } from "../accounts/sealed-json.ts";
import type { Scope } from "../scope.ts";

/** Who a patient's session speaks for. */
export interface PatientPlace {
  readonly patientId: string;
  /** The case that was signed in with. */
  readonly caseId: string;
}

export interface PatientSession extends PatientPlace {
  readonly id: string;
  readonly tenant: string;
  readonly createdAt: Date;
  readonly expiresAt: Date;
  readonly blockedAt: Date | undefined;
  readonly blockedReason: string | undefined;
}

export interface PatientSessions {
  create(tokenHash: Uint8Array, place: PatientPlace, expiresAt: Date): Promise<PatientSession>;
  /** In any tenant (the session says which); undefined when unknown or expired. A blocked one is returned. */
  byToken(tokenHash: Uint8Array): Promise<PatientSession | undefined>;
  blocked(): Promise<PatientSession[]>;
  block(id: string, reason: string): Promise<void>;
  /** False where there was nothing to undo. */
  unblock(id: string): Promise<boolean>;
  end(tokenHash: Uint8Array): Promise<void>;
  endAll(patientId: string): Promise<void>;
}

interface Row {
  readonly id: string;
  readonly tenant: string;
  readonly sealed: Uint8Array;
  readonly created_at: Date;
  readonly expires_at: Date;
  readonly blocked_at: Date | null;
  readonly blocked_reason: string | null;
}

/** Sessions of patients. Whose they are is sealed; a keyed hash of the patient's id finds those to end. */
export function patientSessions(scope: Scope): PatientSessions {
  const { db, tenant } = scope;
  const live = () => db.selectFrom("patient_session").selectAll().where("expires_at", ">", new Date(scope.now()));
  const asSession = async (row: Row): Promise<PatientSession> => ({
    ...(await sealedJson({ vault: scope.vault, tenant: row.tenant }).open<PatientPlace>(
      "patient_session",
      row.id,
      1,
      row.sealed,
    )),
    id: row.id,
    tenant: row.tenant,
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    blockedAt: row.blocked_at ?? undefined,
    blockedReason: row.blocked_reason ?? undefined,
  });
  return {
    async create(tokenHash, { patientId, caseId }, expiresAt) {
      const id = randomUUID();
      const row = {
        id,
        tenant,
        sealed: await sealedJson(scope).seal("patient_session", id, 1, { patientId, caseId }),
        created_at: new Date(scope.now()),
        expires_at: expiresAt,
        blocked_at: null,
        blocked_reason: null,
      };
      const patient_token = exactToken(scope, "patient_session", "patient", patientId);
      await db
        .insertInto("patient_session")
        .values({ ...row, token_hash: tokenHash, patient_token })
        .execute();
      return asSession(row);
    },
    async byToken(tokenHash) {
      const row = await live().where("token_hash", "=", tokenHash).executeTakeFirst();
      return row === undefined ? undefined : asSession(row);
    },
    async blocked() {
      const rows = await live().where("tenant", "=", tenant).where("blocked_at", "is not", null).orderBy("blocked_at").execute();
      return Promise.all(rows.map(asSession));
    },
    async block(id, reason) {
      await db
        .updateTable("patient_session")
        .set({ blocked_at: new Date(scope.now()), blocked_reason: reason })
        .where("tenant", "=", tenant)
        .where("id", "=", id)
        .execute();
    },
    async unblock(id) {
      const result = await db
        .updateTable("patient_session")
        .set({ blocked_at: null, blocked_reason: null })
        .where("tenant", "=", tenant)
        .where("id", "=", id)
        .where("blocked_at", "is not", null)
        .executeTakeFirst();
      return result.numUpdatedRows === 1n;
    },
    async end(tokenHash) {
      await db.deleteFrom("patient_session").where("token_hash", "=", tokenHash).execute();
    },
    async endAll(patientId) {
      const tokens = exactTokens(scope, "patient_session", "patient", patientId);
      await db.deleteFrom("patient_session").where("patient_token", "in", tokens).execute();
    },
  };
}
