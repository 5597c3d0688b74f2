import { request } from "../shared/request.ts";
import { makePasskey, usePasskey } from "../shared/passkey.ts";
import type { Receipt } from "../shared/api.ts";

export interface OwnRecord {
  readonly case: { readonly caseNumber: string; readonly status: "open" | "closed"; readonly openedAt: string };
  readonly consents: readonly { readonly id: string; readonly at: string; readonly active: boolean }[];
  /** Devices that open the record. */
  readonly passkeys: number;
  readonly forget?: { readonly at: string; readonly state: "asked" | "declined"; readonly answer?: string };
}

/** A FHIR document as far as the page reads it. */
export interface Summary {
  readonly entry: readonly { readonly fullUrl?: string; readonly resource: SummaryResource }[];
}
export interface SummaryResource {
  readonly resourceType: string;
  readonly section?: readonly {
    readonly title?: string;
    readonly code?: Concept;
    readonly entry?: readonly { readonly reference?: string }[];
  }[];
  readonly code?: Concept;
  readonly language?: string;
  readonly medicationCodeableConcept?: Concept;
  readonly dosageInstruction?: readonly { readonly text?: string; readonly patientInstruction?: string }[];
  readonly valueQuantity?: { readonly value?: number; readonly unit?: string };
  readonly valueString?: string;
}
export interface Concept {
  readonly text?: string;
  readonly coding?: readonly { readonly code?: string; readonly display?: string }[];
}

const post = <T>(path: string, body?: unknown) =>
  request<T>(`/api/my/${path}`, { method: "POST", ...(body === undefined ? {} : { body }) });

export const openWithCode = (receipt: Receipt) => post<{ nextCode: string }>("sign-in", receipt);
export const getRecord = () => request<OwnRecord>("/api/my/record");
export const getSummary = () => request<Summary>("/api/my/summary");
export const leaveRecord = () => post<unknown>("sign-out");
export const withdrawConsent = (id: string) => post<OwnRecord>(`consents/${encodeURIComponent(id)}/withdraw`);
export const askToForget = () => post<OwnRecord>("forget");

/** False where the person closed the device's window. */
export async function openWithPasskey(): Promise<boolean> {
  const { options } = await post<{ options: unknown }>("sign-in/passkey/options");
  const response = await usePasskey(options);
  if (response !== undefined) await post("sign-in/passkey", { response });
  return response !== undefined;
}

/** False where the person closed the device's window. */
export async function addPasskey(): Promise<boolean> {
  const { options, door } = await post<{ options: unknown; door: string }>("passkeys/options");
  const response = await makePasskey(options);
  if (response !== undefined) await post("passkeys", { response, door });
  return response !== undefined;
}
