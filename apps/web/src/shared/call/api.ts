import { request } from "../request.ts";

export interface IceServer {
  readonly targetType: "turn" | "turns";
  readonly urls: string;
  readonly username: string;
  readonly credential: string;
}

/** What lets into a room, for a quarter of an hour. */
export interface Grant {
  /** Origin of the station's Jitsi. */
  readonly url: string;
  /** Also the conversation's id. */
  readonly room: string;
  readonly token: string;
  readonly iceServers: readonly IceServer[];
}

export type CallRole = "patient" | "clinician" | "interpreter" | "coordinator";

/** How a case's call stands, for the desk. */
export interface CaseCall {
  /** False where this station has no calls. */
  readonly available: boolean;
  readonly call?: { readonly room: string; readonly startedAt: string };
  readonly patient: "away" | "waiting" | "in-call";
  readonly people: readonly { readonly role: CallRole; readonly language: string }[];
}

export interface Joined {
  /** As the Jitsi names them. */
  readonly participant: string;
  /** BCP 47, what they speak and read. */
  readonly language: string;
}

const post = <T>(path: string, body?: unknown, keepalive = false) =>
  request<T>(path, { method: "POST", keepalive, ...(body === undefined ? {} : { body }) });
const sessionCall = (room: string) => `/api/sessions/${encodeURIComponent(room)}/call`;

export const caseCallPath = (id: string) => `/api/cases/${encodeURIComponent(id)}/call`;
export const startCall = (id: string) => post<Grant>(caseCallPath(id));
export const endCall = (id: string) => post<unknown>(`${caseCallPath(id)}/end`);
export const isCall = (room: string) => request<{ open: boolean }>(sessionCall(room));
export const enterCall = (room: string) => post<Grant>(sessionCall(room));
export const sayJoined = (room: string, joined: Joined) => post<unknown>(`${sessionCall(room)}/joined`, joined);
/** Also as the page goes away. */
export const sayLeft = (room: string, participant: string) => post<unknown>(`${sessionCall(room)}/left`, { participant }, true);
