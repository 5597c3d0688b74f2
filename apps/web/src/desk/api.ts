import type { CaseRow, Licence, User } from "../shared/api.ts";
import { makePasskey } from "../shared/passkey.ts";
import { request } from "../shared/request.ts";

const post = <T>(path: string, body?: unknown) =>
  request<T>(`/api/${path}`, { method: "POST", ...(body === undefined ? {} : { body }) });
const at = encodeURIComponent;

export interface Colleague {
  readonly id: string;
  readonly name: string;
}
export const getColleagues = () => request<{ colleagues: readonly Colleague[] }>("/api/colleagues");
export const claimCase = (id: string) => post<{ case: CaseRow }>(`cases/${at(id)}/claim`);
export const giveCase = (id: string, to: string) => post<{ case: CaseRow }>(`cases/${at(id)}/give`, { to });
export const releaseCase = (id: string) => post<{ case: CaseRow }>(`cases/${at(id)}/release`);
export const newCode = (id: string) => post<{ caseNumber: string; accessCode: string }>(`cases/${at(id)}/code`);
export const breakGlass = (id: string, reason: string) => post<{ until: string }>(`cases/${at(id)}/break-glass`, { reason });

export interface Notice {
  readonly id: string;
  readonly kind: "break-glass" | "forget-request" | "consent-withdrawn";
  readonly caseId: string;
  readonly caseNumber?: string;
  readonly account?: { readonly id: string; readonly name: string };
  readonly reason: string;
  readonly at: string;
  readonly settled: boolean;
}
export const settleNotice = (id: string, answer?: string) =>
  post<unknown>(`notices/${at(id)}/settle`, answer === undefined ? {} : { answer });
export const forgetPatient = (id: string) => post<unknown>(`notices/${at(id)}/forget`);

export interface Block {
  readonly id: string;
  readonly kind: "staff" | "patient" | "application" | "anonymous";
  readonly who: string;
  readonly rule: string;
  readonly at: string;
  readonly until?: string;
}
export const liftBlock = (id: string) => post<unknown>(`guard/blocks/${at(id)}/lift`);

export interface AuditEntry {
  readonly index: number;
  readonly at: string;
  readonly action: string;
  readonly actor: { readonly kind: string; readonly name: string };
  readonly subject?: string;
  readonly type?: string;
  readonly detail?: string;
  readonly outcome: "done" | "refused";
  readonly grave: boolean;
}
export const getAudit = (query: Readonly<Record<string, string>>) =>
  request<{ entries: readonly AuditEntry[]; next?: number }>(`/api/audit?${new URLSearchParams({ ...query })}`);

export interface Person extends User {
  readonly disabledAt?: string;
  readonly licence?: Licence;
  readonly secondFactor: boolean;
  readonly passkeys: number;
}
export interface NewLicence {
  readonly number?: string;
  readonly yearsInPractice?: number;
  readonly until: string;
}
export const getPeople = () => request<{ accounts: readonly Person[] }>("/api/accounts");
export const addPerson = (body: { name: string; role: string; language: string; passphrase: string }) =>
  post<unknown>("accounts", body);
export const setLicence = (id: string, licence: NewLicence) => post<unknown>(`accounts/${at(id)}/licence`, licence);
export const changePerson = (id: string, what: "disable" | "enable" | "sign-out") => post<unknown>(`accounts/${at(id)}/${what}`);
export const resetPerson = (id: string, passphrase: string) => post<unknown>(`accounts/${at(id)}/reset`, { passphrase });

export interface Application {
  readonly id: string;
  readonly name: string;
  readonly scopes: string;
  readonly createdAt: string;
  readonly expiresAt?: string;
  readonly blockedAt?: string;
  readonly revokedAt?: string;
}
export const getApplications = () => request<{ tokens: readonly Application[] }>("/api/tokens");
export const addApplication = (body: { name: string; scopes: string; days: number }) => post<{ secret: string }>("tokens", body);
export const revokeApplication = (id: string) => post<unknown>(`tokens/${at(id)}/revoke`);

export interface OwnPasskeys {
  readonly passkeys: readonly { readonly id: string; readonly name: string; readonly createdAt: string }[];
}
export const getPasskeys = () => request<OwnPasskeys>("/api/me/passkeys");
export const removePasskey = (id: string) => post<OwnPasskeys>(`me/passkeys/${at(id)}/remove`);
/** Undefined where the person closed the device's window. */
export async function addPasskey(name: string): Promise<OwnPasskeys | undefined> {
  const { options } = await post<{ options: unknown }>("me/passkeys/options");
  const response = await makePasskey(options);
  return response === undefined ? undefined : post<OwnPasskeys>("me/passkeys", { response, name });
}
export const changePassphrase = (passphrase: string, next: string) => post<unknown>("me/passphrase", { passphrase, next });
export const beginTotp = () => post<{ secret: string; address: string }>("me/totp");
export const confirmTotp = (code: string) => post<unknown>("me/totp/confirm", { code });
export const removeTotp = (passphrase: string, code: string) => post<unknown>("me/totp/remove", { passphrase, code });
export const signOutElsewhere = () => post<unknown>("me/sign-out-everywhere");
