import { request } from "../shared/request.ts";
import type { CallRole, Grant, Joined } from "../shared/call/api.ts";

export interface OwnCall {
  readonly available: boolean;
  /** Whether what is said can be read. */
  readonly captions: boolean;
  /** `ready`: the doctor has opened the room; `closed`: the case is. */
  readonly state: "waiting" | "ready" | "closed";
  readonly people: readonly CallRole[];
}

export interface Caption {
  readonly id: string;
  readonly own: boolean;
  readonly text: string;
  readonly language: string;
  readonly final: boolean;
  /** What was said, where the translation may be wrong. */
  readonly source?: { readonly text: string; readonly language: string };
}

const post = <T>(path: string, body?: unknown, keepalive = false) =>
  request<T>(`/api/my/call${path}`, { method: "POST", keepalive, ...(body === undefined ? {} : { body }) });

export const callEvents = "/api/my/call/events";
export const captionEvents = (joined: Joined) => `/api/my/call/captions/events?${new URLSearchParams({ ...joined })}`;
export const waitForCall = () => post<OwnCall>("/wait");
export const joinCall = () => post<Grant>("");
export const sayJoined = (joined: Joined) => post<unknown>("/joined", joined);
export const sayLeft = (participant: string) => post<unknown>("/left", { participant }, true);
