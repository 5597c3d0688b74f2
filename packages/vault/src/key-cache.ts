import type { KeySet } from "./key-set.ts";

interface Entry {
  readonly keys: KeySet;
  readonly until: number;
}

/** Loaded keys, for a bounded time and number: the oldest used leaves first. Times are milliseconds. */
export class KeyCache {
  readonly #entries = new Map<string, Entry>();
  readonly #capacity: number;
  readonly #lifetime: number;
  readonly #now: () => number;

  constructor(capacity: number, lifetime: number, now: () => number) {
    this.#capacity = capacity;
    this.#lifetime = lifetime;
    this.#now = now;
  }

  get(subject: string): KeySet | undefined {
    const entry = this.#entries.get(subject);
    if (entry === undefined) return undefined;
    this.#entries.delete(subject);
    if (entry.until <= this.#now()) return undefined;
    this.#entries.set(subject, entry);
    return entry.keys;
  }

  set(keys: KeySet): void {
    this.#entries.delete(keys.subject);
    this.#entries.set(keys.subject, { keys, until: this.#now() + this.#lifetime });
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= this.#capacity) break;
      this.#entries.delete(oldest);
    }
  }

  /** Removes and returns what was held. */
  take(subject: string): KeySet | undefined {
    const entry = this.#entries.get(subject);
    this.#entries.delete(subject);
    return entry?.keys;
  }

  takeAll(): readonly KeySet[] {
    const all = [...this.#entries.values()].map((entry) => entry.keys);
    this.#entries.clear();
    return all;
  }
}
