import { z } from "zod";

/** Who acts. `operator` and `epidemiologist` exist at the hub only. */
export const roles = [
  "patient",
  "interpreter",
  "clinician",
  "pharmacist",
  "coordinator",
  "administrator",
  "application",
  "operator",
  "epidemiologist",
] as const;
export const roleSchema = z.enum(roles);
export type Role = (typeof roles)[number];

/** Roles of people with an account, who sign in. */
export const staffRoles = [
  "interpreter",
  "clinician",
  "pharmacist",
  "coordinator",
  "administrator",
  "operator",
  "epidemiologist",
] as const satisfies readonly Role[];
export const staffRoleSchema = z.enum(staffRoles);
export type StaffRole = (typeof staffRoles)[number];

/** Who makes a request, once known. */
export interface StaffActor {
  readonly kind: "staff";
  readonly accountId: string;
  readonly sessionId: string;
  readonly role: StaffRole;
  readonly tenant: string;
  /** Epoch milliseconds from which the person's licence no longer holds; absent: no licence is kept. */
  readonly licenceUntil?: number | undefined;
}

export interface ApplicationActor {
  readonly kind: "application";
  readonly tokenId: string;
  readonly role: "application";
  readonly tenant: string;
  readonly scopes: readonly Scope[];
  /** The one patient whom scopes of the context `patient` reach. */
  readonly patient?: string | undefined;
}

export interface PatientActor {
  readonly kind: "patient";
  readonly role: "patient";
  readonly sessionId: string;
  readonly tenant: string;
  /** The case that was signed in with. */
  readonly caseId: string;
  /** The subject whose record it is. */
  readonly subject: string;
}

export interface Anonymous {
  readonly kind: "anonymous";
}

export type Actor = StaffActor | ApplicationActor | PatientActor | Anonymous;

/** One SMART App Launch 2.2 scope: `user/Patient.rs` → `{ context: "user", type: "Patient", may: "rs" }`. */
export interface Scope {
  readonly context: "patient" | "user" | "system";
  /** A FHIR resource type, `*`, or a name of ours in lower case such as `case`. */
  readonly type: string;
  /** Letters out of `cruds`: create, read, update, delete, search. */
  readonly may: string;
}
