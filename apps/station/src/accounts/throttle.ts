import type { Store } from "@yizhan/store";

/** One count that a try is charged to: at most `limit` tries for `key` within a quarter of an hour. */
export interface Charge {
  readonly key: string;
  readonly limit: number;
}

export const throttleMs = 15 * 60_000;

/**
 * Charges a try to every count *before* it is judged, so that a hundred at once are counted too. Gives 0, or the
 * milliseconds to wait. The counts are in the store: a restart forgets none.
 */
export async function charge(store: Store, charges: readonly Charge[]): Promise<number> {
  const { guesses } = store.direct();
  const waits = await Promise.all(charges.map(({ key, limit }) => guesses.spend(key, limit, throttleMs)));
  return Math.max(...waits);
}

/** Gives back what a right try was charged; wrong ones before it stay counted. */
export async function refund(store: Store, charges: readonly Charge[]): Promise<void> {
  const { guesses } = store.direct();
  await Promise.all(charges.map(({ key }) => guesses.forgive(key)));
}
