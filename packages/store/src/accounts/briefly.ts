/** Milliseconds: below the 300 in which a guard's block must hold, also where another process wrote it. */
const lifetime = 250;
const capacity = 1_000;

interface Brief<T> {
  get(key: Uint8Array): T | undefined;
  set(key: Uint8Array, value: T): void;
  clear(): void;
}

const all = new WeakMap<object, Brief<unknown>>();

/**
 * What was looked up a moment ago, for callers that ask a thousand times a second. One for each `owner`;
 * who changes a value clears it, other processes see the change when the moment is over.
 */
export function briefly<T>(owner: object): Brief<T> {
  let known = all.get(owner);
  if (known === undefined) {
    known = make();
    all.set(owner, known);
  }
  return known as Brief<T>;
}

function make(): Brief<unknown> {
  const entries = new Map<string, { readonly value: unknown; readonly until: number }>();
  const name = (key: Uint8Array) => Buffer.from(key).toString("base64");
  return {
    get(key) {
      const entry = entries.get(name(key));
      return entry === undefined || entry.until <= performance.now() ? undefined : entry.value;
    },
    set(key, value) {
      if (entries.size >= capacity) entries.clear();
      entries.set(name(key), { value, until: performance.now() + lifetime });
    },
    clear: () => entries.clear(),
  };
}
