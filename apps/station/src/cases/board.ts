/** What pages that are open want to hear of at once. */
export type Topic = "notices" | "cases" | "guard" | "calls" | "prescriptions";

export interface Board {
  /** Says that something changed; who watches then looks for themselves. */
  tell(tenant: string, topic: Topic): void;
  /** Calls back on every change, until the returned function is called. */
  watch(tenant: string, topic: Topic, changed: () => void): () => void;
}

/** Tells the pages of this process; one organisation never hears of another's changes. */
export function openBoard(): Board {
  const watchers = new Map<string, Set<() => void>>();
  const place = (tenant: string, topic: Topic) => JSON.stringify([tenant, topic]);
  return {
    tell(tenant, topic) {
      for (const changed of watchers.get(place(tenant, topic)) ?? []) changed();
    },
    watch(tenant, topic, changed) {
      const name = place(tenant, topic);
      const here = watchers.get(name) ?? new Set();
      watchers.set(name, here.add(changed));
      return () => {
        here.delete(changed);
        if (here.size === 0 && watchers.get(name) === here) watchers.delete(name);
      };
    },
  };
}
