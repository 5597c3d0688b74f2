import type { KeyStore } from "./types.ts";

const pageSize = 500;

/**
 * Carries tombstones to other copies of the key store, or to one restored from a backup, and destroys there
 * what they name: yesterday's backup must not bring back who was forgotten today. Destroying may be repeated,
 * so an interrupted run is simply run again. Resolves how many subjects it destroyed anew.
 */
export async function reconcileTombstones(from: Pick<KeyStore, "tombstones">, copies: readonly KeyStore[]): Promise<number> {
  let destroyed = 0;
  let after: string | undefined;
  do {
    const page = await from.tombstones(after, pageSize);
    for (const subject of page) {
      for (const copy of copies) {
        const known = await copy.isDestroyed(subject);
        // Also where the tombstone is known: a restore may have put the key back beside it.
        await copy.destroy(subject);
        if (!known) destroyed += 1;
      }
    }
    after = page.at(-1);
  } while (after !== undefined);
  return destroyed;
}
