import { randomUUID } from "node:crypto";
import { exactToken, exactTokens, sealedJson } from "../accounts/sealed-json.ts";
import { StoreError } from "../errors.ts";
import type { Scope } from "../scope.ts";
import type { PatientPlace } from "./patient-sessions.ts";

/** A device's way into a patient's record: the passkeys under one name that says nothing of the patient. */
export interface PatientDoor extends PatientPlace {
  /** Random; the device keeps it as the passkey's user handle. */
  readonly id: string;
  readonly version: number;
  /** As packages/access writes them. */
  readonly passkeys: readonly Readonly<Record<string, unknown>>[];
}

export interface PatientDoors {
  create(place: PatientPlace, passkeys: PatientDoor["passkeys"], id?: string): Promise<PatientDoor>;
  byId(id: string): Promise<PatientDoor | undefined>;
  ofPatient(patientId: string): Promise<PatientDoor[]>;
  /** Throws `version-conflict`. */
  update(door: PatientDoor, passkeys: PatientDoor["passkeys"]): Promise<void>;
  removeAll(patientId: string): Promise<void>;
}

export function patientDoors(scope: Scope): PatientDoors {
  const { db, tenant } = scope;
  const json = sealedJson(scope);
  type Content = Omit<PatientDoor, "id" | "version">;
  const asDoor = async (row: { id: string; version: number; sealed: Uint8Array }): Promise<PatientDoor> => ({
    ...(await json.open<Content>("patient_door", row.id, row.version, row.sealed)),
    id: row.id,
    version: row.version,
  });
  const selection = () => db.selectFrom("patient_door").selectAll().where("tenant", "=", tenant);
  const tokens = (patientId: string) => exactTokens(scope, "patient_door", "patient", patientId);
  return {
    async create({ patientId, caseId }, passkeys, id = randomUUID()) {
      const content: Content = { patientId, caseId, passkeys };
      const row = {
        id,
        tenant,
        patient_token: exactToken(scope, "patient_door", "patient", patientId),
        sealed: await json.seal("patient_door", id, 1, content),
        version: 1,
        index_version: scope.vault.indexVersion,
        created_at: new Date(scope.now()),
      };
      await db.insertInto("patient_door").values(row).execute();
      return { ...content, id, version: 1 };
    },
    async byId(id) {
      const row = await selection().where("id", "=", id).executeTakeFirst();
      return row === undefined ? undefined : asDoor(row);
    },
    async ofPatient(patientId) {
      const rows = await selection().where("patient_token", "in", tokens(patientId)).orderBy("created_at").execute();
      return Promise.all(rows.map(asDoor));
    },
    async update({ id, version, patientId, caseId }, passkeys) {
      const sealed = await json.seal("patient_door", id, version + 1, { patientId, caseId, passkeys });
      const result = await db
        .updateTable("patient_door")
        .set({ sealed, version: version + 1 })
        .where("tenant", "=", tenant)
        .where("id", "=", id)
        .where("version", "=", version)
        .executeTakeFirst();
      if (result.numUpdatedRows !== 1n) throw new StoreError("version-conflict", "The passkeys were changed meanwhile.");
    },
    async removeAll(patientId) {
      await db.deleteFrom("patient_door").where("tenant", "=", tenant).where("patient_token", "in", tokens(patientId)).execute();
    },
  };
}
