import { equalBytes } from "./bytes.ts";
import { VaultError } from "./errors.ts";
import type { KeyStore, WrappedSubjectKey } from "./types.ts";

/** A key store in memory, for tests and trials: it forgets everything when the process ends. */
export function memoryKeyStore(): KeyStore {
  const keys = new Map<string, WrappedSubjectKey[]>();
  const destroyed = new Set<string>();
  const after = (names: Iterable<string>, subject: string | undefined, limit: number): string[] =>
    [...names]
      .filter((name) => subject === undefined || name > subject)
      .sort()
      .slice(0, limit);

  return {
    async get(subject) {
      return [...(keys.get(subject) ?? [])];
    },
    async put(key) {
      if (destroyed.has(key.subject)) throw new VaultError("subject-forgotten");
      const versions = keys.get(key.subject) ?? [];
      if (versions.some((other) => other.version === key.version)) return false;
      keys.set(
        key.subject,
        [...versions, key].sort((a, b) => a.version - b.version),
      );
      return true;
    },
    async replace(key, expected) {
      const versions = keys.get(key.subject) ?? [];
      const at = versions.findIndex((other) => other.version === expected.version);
      const current = versions[at];
      if (current === undefined || key.version !== expected.version) return false;
      if (!equalBytes(current.wrapped, expected.wrapped)) return false;
      versions[at] = key;
      return true;
    },
    async list(afterSubject, limit) {
      return after(keys.keys(), afterSubject, limit).flatMap((subject) => keys.get(subject) ?? []);
    },
    async destroy(subject) {
      destroyed.add(subject);
      keys.delete(subject);
    },
    async isDestroyed(subject) {
      return destroyed.has(subject);
    },
    async tombstones(afterSubject, limit) {
      return after(destroyed, afterSubject, limit);
    },
  };
}
