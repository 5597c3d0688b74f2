import { request } from "../shared/request.ts";

export const doseUnits = ["tablet", "capsule", "sachet", "mg", "g", "mcg", "ml", "unit", "drop", "puff", "application"] as const;
export const frequencies = [
  "1-day",
  "2-day",
  "3-day",
  "4-day",
  "4-hours",
  "6-hours",
  "8-hours",
  "12-hours",
  "1-week",
  "once",
] as const;
export const routes = [
  "mouth",
  "tongue",
  "inhaled",
  "skin",
  "eye",
  "ear",
  "nose",
  "rectum",
  "vagina",
  "muscle",
  "vein",
  "under-skin",
] as const;

/** What is taken, how much, how often, how and how long. */
export interface Dosage {
  readonly dose?: { readonly value: number; readonly unit: (typeof doseUnits)[number] };
  readonly frequency?: (typeof frequencies)[number];
  readonly asNeeded: boolean;
  readonly route?: (typeof routes)[number];
  /** Absent for a single dose. */
  readonly days?: number;
}
export type NewPrescription = Required<Omit<Dosage, "days">> &
  Pick<Dosage, "days"> & {
    readonly key: string;
    readonly medicine: string;
    readonly note: string;
    /** How to take it, as the patient reads it. */
    readonly words?: { readonly language: string; readonly text: string };
  };
interface Person {
  readonly id: string;
  readonly name: string;
}
export interface Prescription extends Dosage {
  readonly id: string;
  readonly version: number;
  readonly state: "draft" | "waiting" | "returned" | "accepted" | "ended";
  readonly medicine: string;
  readonly note: string;
  /** The dose in another system's words. */
  readonly text: string;
  readonly at?: string;
  readonly by?: Person;
  readonly review?: { readonly at: string; readonly by?: Person; readonly reason: string };
}
export interface Review {
  readonly prescription: Prescription;
  readonly caseNumber: string;
  readonly patient: { readonly name: string; readonly birthYear?: number; readonly gender?: string; readonly language: string };
  /** In the patient's words. */
  readonly said: { readonly allergies: string; readonly medicines: string };
  readonly recorded: {
    readonly allergies: readonly string[];
    readonly medicines: readonly string[];
    readonly problems: readonly string[];
  };
}

const of = (id: string) => `/api/cases/${encodeURIComponent(id)}/prescriptions`;
export const getPrescriptions = (caseId: string) => request<{ prescriptions: readonly Prescription[] }>(of(caseId));
export const prescribe = (caseId: string, body: NewPrescription) => request<Prescription>(of(caseId), { method: "POST", body });
export const withdrawPrescription = (caseId: string, id: string) =>
  request<unknown>(`${of(caseId)}/${encodeURIComponent(id)}/withdraw`, { method: "POST" });

type Decision = { readonly decision: "accept" } | { readonly decision: "return"; readonly reason: string };
/** Names the version that was looked at: what was changed meanwhile is refused. */
export const reviewPrescription = ({ id, version }: Prescription, decision: Decision) =>
  request<unknown>(`/api/prescriptions/${encodeURIComponent(id)}/review`, { method: "POST", body: { ...decision, version } });
