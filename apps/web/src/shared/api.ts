import { request } from "./request.ts";

export interface Station {
  readonly code: string;
  readonly languages: { readonly care: readonly string[]; readonly staff: readonly string[]; readonly fallback: string };
  /** Whether a patient can be seen in a call. */
  readonly calls: boolean;
  /** Languages that are heard. */
  readonly captions: readonly string[];
  readonly emergency: { readonly ambulance: string; readonly police: string; readonly fire?: string };
}
export const getStation = () => request<Station>("/api/station");

export type Gender = "male" | "female" | "other" | "unknown";

export interface Intake {
  readonly language: string;
  readonly name: string;
  readonly birthYear?: number;
  readonly gender?: Gender;
  readonly phone?: string;
  readonly complaint: string;
  readonly since: string;
  /** 0–10 */
  readonly pain: number;
  readonly allergies: string;
  readonly medicines: string;
  readonly consent: { readonly version: string; readonly language: string; readonly agreed: true };
  readonly interpreterNeeded?: boolean;
}
export interface Receipt {
  readonly caseNumber: string;
  readonly accessCode: string;
}
/** `key` makes a second try of the same sending harmless. */
export const sendIntake = (intake: Intake, key: string) =>
  request<Receipt>("/api/intake", { method: "POST", body: intake, headers: { "idempotency-key": key } });

export interface CaseStatus {
  readonly status: "open" | "closed";
  readonly openedAt: string;
  readonly language: string;
}
export const getStatus = (receipt: Receipt) => request<CaseStatus>("/api/cases/status", { method: "POST", body: receipt });

export interface User {
  readonly id: string;
  readonly name: string;
  readonly role: string;
  readonly language: string;
}
export const signIn = (body: { name: string; passphrase: string; code?: string }) =>
  request<{ user: User }>("/api/sign-in", { method: "POST", body });
export const signOut = () => request<unknown>("/api/sign-out", { method: "POST" });
export interface Licence {
  readonly number?: string;
  readonly yearsInPractice?: number;
  readonly until?: string;
  readonly state: "valid" | "ends-soon" | "ended";
}
/** The hub says `user` only. */
export interface Me {
  readonly user: User;
  readonly secondFactor?: boolean;
  readonly licence?: Licence;
}
export const getMe = () => request<Me>("/api/me");

export interface CaseRow {
  readonly id: string;
  readonly caseNumber: string;
  readonly status: "open" | "closed";
  readonly openedAt: string;
  readonly language: string;
  readonly name: string;
  readonly pain: number;
  /** The first 140 characters. */
  readonly complaint: string;
  /** Whether it waits for a clinician, was given to the reader, or to a colleague. */
  readonly assignment: "waiting" | "mine" | "other";
  readonly assignee?: { readonly id: string; readonly name: string };
  /** The patient waits for a call, or is in it. */
  readonly inCall?: "waiting" | "in-call";
  /** A prescription waits for a pharmacist, or came back from one. */
  readonly prescription?: "waiting" | "returned";
  /** A colleague's case: only its number is shown, and only breaking the glass opens it. */
  readonly locked?: true;
}
export interface CaseQuery {
  readonly status: "open" | "closed";
  readonly name?: string;
  readonly caseNumber?: string;
  readonly cursor?: string;
}
export const getCases = (query: CaseQuery) =>
  request<{ cases: readonly CaseRow[]; next?: string }>(`/api/cases?${new URLSearchParams({ ...query })}`);

export interface CaseDetail {
  readonly case: Pick<CaseRow, "id" | "caseNumber" | "status" | "openedAt" | "assignment" | "assignee">;
  readonly patient: {
    readonly name: string;
    readonly birthYear?: number;
    readonly gender?: string;
    readonly phone?: string;
    readonly language: string;
    readonly interpreterNeeded?: boolean;
  };
  readonly intake: {
    readonly complaint: string;
    readonly since: string;
    readonly pain: number;
    readonly allergies: string;
    readonly medicines: string;
  };
  readonly consent: { readonly version: string; readonly language: string; readonly at: string; readonly withdrawn: boolean };
  readonly resources: Readonly<Record<string, string>>;
}
export const getCase = (id: string) => request<CaseDetail>(`/api/cases/${encodeURIComponent(id)}`);

export const outcomes = ["resolved", "referred", "no-show", "other"] as const;
export type Outcome = (typeof outcomes)[number];
export const closeCase = (id: string, body: { outcome: Outcome; note?: string }, keepalive = false) =>
  request<unknown>(`/api/cases/${encodeURIComponent(id)}/close`, { method: "POST", body, keepalive });

export interface SessionRow {
  readonly id: string;
  readonly startedAt: string | number;
  readonly participants: readonly { readonly id: string; readonly name?: string; readonly language: string }[];
}

export const getSessions = () => request<{ sessions: readonly SessionRow[] }>("/api/sessions");

/** Whether a conversation is being written into a record. */
export type Kept = { readonly kept: false } | { readonly kept: true; readonly caseNumber: string; readonly since: string };
const sessionPath = (id: string) => `/api/sessions/${encodeURIComponent(id)}`;
export const getKept = (id: string) => request<Kept>(`${sessionPath(id)}/transcript`);
export const keepSession = (
  id: string,
  body: { caseNumber: string; consent: { agreed: boolean; language: string; given: "patient" | "representative" } },
) => request<Kept>(`${sessionPath(id)}/transcript`, { method: "POST", body });
export const stopKeeping = (id: string, erase: boolean) =>
  request<Kept>(`${sessionPath(id)}/transcript/stop`, { method: "POST", body: { erase } });
export const correctLine = (id: string, segment: string, text: string) =>
  request<unknown>(`${sessionPath(id)}/lines/${encodeURIComponent(segment)}`, { method: "POST", body: { text } });

export interface TranscriptLine {
  readonly at: string;
  readonly speaker: string;
  readonly language: string;
  readonly text: string;
  readonly heard?: string;
  readonly correctedBy?: string;
  readonly translations: readonly { readonly language: string; readonly text: string }[];
}
export const getTranscript = (caseId: string) =>
  request<{ lines: readonly TranscriptLine[] }>(`/api/cases/${encodeURIComponent(caseId)}/transcript`);

export interface FleetStation {
  readonly node: string;
  readonly status: "healthy" | "late" | "down" | "never";
  readonly lastSeenAt: string | number | null;
  readonly lagMs: number | null;
  readonly opened: number;
  readonly closed: number;
  readonly pendingEvents: number | null;
  readonly version: string | null;
  /** What the hub witnessed of its audit log; null before the station told of it. */
  readonly auditLog: {
    readonly entries: number;
    readonly at: string | number;
    readonly contradicts: "cut-back" | "rewritten" | null;
    readonly checkpoint: number;
    /** An administrator answers for it. */
    readonly acknowledged: { readonly by: string; readonly at: string | number; readonly reason: string } | null;
  } | null;
}
export interface Fleet {
  readonly stations: readonly FleetStation[];
  readonly at: string | number;
}
const auditPath = (node: string) => `/api/fleet/${encodeURIComponent(node)}/audit-log`;
export const acknowledge = (node: string, body: { checkpoint: number; reason: string }) =>
  request<unknown>(`${auditPath(node)}/acknowledge`, { method: "POST", body });
export const takeBack = (node: string, body: { checkpoint: number }) =>
  request<unknown>(`${auditPath(node)}/take-back`, { method: "POST", body });
export const getFleet = () => request<Fleet>("/api/fleet");
