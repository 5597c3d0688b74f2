import type { KeyStore } from "@yizhan/vault";
import { type RootPlace, writeKeysFile } from "./keys-file.ts";

/**
 * Keeps a file with all tombstones beside the databases, written again at each forgetting before it is
 * acknowledged: should the key store be lost, a restore of an older copy still knows who must not come back.
 */
export function withTombstoneFile<T extends KeyStore>(store: T, path: string, place: RootPlace): T {
  let writing: Promise<unknown> = Promise.resolve();
  return {
    ...store,
    async destroy(subject: string) {
      await store.destroy(subject);
      // One after the other; each writes the whole list, so the last one holds all.
      const written = writing.then(() => writeKeysFile(path, "tombstones", store, place));
      writing = written.catch(() => undefined);
      await written;
    },
  };
}
