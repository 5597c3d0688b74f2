import type { Vault } from "@yizhan/vault";

/** Seals what waits in the outbox: an event that policy will withhold may hold anything. */
export interface PayloadSeal {
  seal(eventId: string, column: "payload" | "judged", value: unknown): Promise<Uint8Array>;
  open(eventId: string, column: "payload" | "judged", sealed: Uint8Array): Promise<unknown>;
}

/** Under the node's `system` key. */
export async function sealedPayloads(vault: Vault): Promise<PayloadSeal> {
  await vault.subject("system", { create: true });
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
    // Asked anew each time: the key may have been exchanged meanwhile.
    async seal(eventId, column, value) {
      const sealer = await vault.subject("system");
      return sealer.seal(context(eventId, column), new TextEncoder().encode(JSON.stringify(value)));
    },
    async open(eventId, column, sealed) {
      const sealer = await vault.subject("system");
      return JSON.parse(new TextDecoder().decode(sealer.open(context(eventId, column), sealed))) as unknown;
    },
  };
}
