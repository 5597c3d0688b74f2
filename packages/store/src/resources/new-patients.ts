import { randomUUID } from "node:crypto";
import type { Vault } from "@yizhan/vault";
import { patientSubject } from "./subjects.ts";

/** Keys made in one step: a flush of the disk for all of them, and some thirty microseconds each. */
const batch = 16;

/**
 * Random ids for new patients whose keys are durable already, so that most patients cost no flush of the key store.
 * An id that is left over when the process ends is a key that seals nothing.
 */
export class NewPatients {
  readonly #ready = new Map<string, string[]>();
  readonly #making = new Map<string, Promise<void>>();

  /** `count` ids. Rejects as the key store does; nothing is lost then but the ids. */
  async take(vault: Vault, tenant: string, count: number): Promise<string[]> {
    const ready = this.#ready.get(tenant) ?? [];
    this.#ready.set(tenant, ready);
    const taken = ready.splice(0, count);
    while (taken.length < count) {
      // Whoever comes meanwhile waits for the same step.
      const making = this.#making.get(tenant) ?? this.#make(vault, tenant, ready, Math.max(batch, count));
      await making;
      taken.push(...ready.splice(0, count - taken.length));
    }
    return taken;
  }

  #make(vault: Vault, tenant: string, ready: string[], count: number): Promise<void> {
    const ids = Array.from({ length: count }, () => randomUUID());
    const making = Promise.all(ids.map((id) => vault.subject(patientSubject(tenant, id), { create: "fresh" })))
      .then(() => void ready.push(...ids))
      .finally(() => this.#making.delete(tenant));
    this.#making.set(tenant, making);
    return making;
  }
}
