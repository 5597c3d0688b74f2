import { VaultError } from "../errors.ts";
import type { AuditStorage } from "./log.ts";

/** An audit storage in memory, for tests and trials. */
export function memoryAuditStorage(): AuditStorage {
  const entries: Uint8Array[] = [];
  const hashes = new Map<string, Uint8Array>();
  return {
    async size() {
      return entries.length;
    },
    async nodes(ids) {
      return ids.map(({ level, index }) => {
        const hash = hashes.get(`${level}/${index}`);
        if (hash === undefined) throw new VaultError("log-broken");
        return hash;
      });
    },
    async append(index, added, nodes) {
      if (index !== entries.length) return false;
      entries.push(...added);
      for (const node of nodes) hashes.set(`${node.level}/${node.index}`, node.hash);
      return true;
    },
    async entries(start, limit) {
      return entries.slice(start, start + limit);
    },
  };
}
