import type { Scope } from "../scope.ts";

/** Seals and opens JSON of the system's own rows: accounts, application tokens, settings, answers kept for a retry. */
export interface SealedJson {
  seal(table: string, rowId: string, version: number, value: unknown): Promise<Uint8Array>;
  open<T>(table: string, rowId: string, version: number, sealed: Uint8Array): Promise<T>;
}

const encoder = new TextEncoder();
const decoder = new TextDecoder("utf-8", { fatal: true });

export function sealedJson(scope: Pick<Scope, "vault" | "tenant">, subject = "system"): SealedJson {
  const context = (table: string, rowId: string, version: number) => ({
    tenant: scope.tenant,
    table,
    column: "sealed",
    rowId,
    subject,
    schemaVersion: 1,
    rowVersion: version,
  });
  return {
    async seal(table, rowId, version, value) {
      const sealer = await scope.vault.subject(subject, { create: true });
      return sealer.seal(context(table, rowId, version), encoder.encode(JSON.stringify(value)));
    },
    async open<T>(table: string, rowId: string, version: number, sealed: Uint8Array) {
      const sealer = await scope.vault.subject(subject);
      return JSON.parse(decoder.decode(sealer.open(context(table, rowId, version), sealed))) as T;
    },
  };
}

/** A keyed hash of 256 bits for values that must be found exactly and never read: sign-in names, case numbers, codes. */
export function exactToken(scope: Pick<Scope, "vault" | "tenant">, table: string, column: string, value: string): Uint8Array {
  return scope.vault.indexToken({ tenant: scope.tenant, table, column, index: "exact", bits: 256 }, value);
}

/** The same under every index key in use, for looking up. */
export function exactTokens(scope: Pick<Scope, "vault" | "tenant">, table: string, column: string, value: string): Uint8Array[] {
  return [...scope.vault.indexTokens({ tenant: scope.tenant, table, column, index: "exact", bits: 256 }, value)];
}
