import type { SubjectSealer, Vault } from "@yizhan/vault";

/** Seals what waits in the outbox: an event that policy will withhold may hold anything. */
export interface PayloadSeal {
  seal(eventId: string, column: "payload" | "judged", value: unknown): Uint8Array;
  open(eventId: string, column: "payload" | "judged", sealed: Uint8Array): unknown;
}

/** Under the node's `system` key. */
export async function sealedPayloads(vault: Vault): Promise<PayloadSeal> {
  const sealer: SubjectSealer = await vault.subject("system", { create: true });
  const context = (rowId: string, column: string) => ({
    tenant: "system",
    table: "fed_outbox",
    column,
    rowId,
    subject: "system",
    schemaVersion: 1,
    rowVersion: 1,
  });
  return {
    seal: (eventId, column, value) => sealer.seal(context(eventId, column), new TextEncoder().encode(JSON.stringify(value))),
    open: (eventId, column, sealed) =>
      JSON.parse(new TextDecoder().decode(sealer.open(context(eventId, column), sealed))) as unknown,
  };
}
