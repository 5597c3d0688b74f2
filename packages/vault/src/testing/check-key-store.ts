import { equalBytes } from "../bytes.ts";
import { VaultError } from "../errors.ts";
import type { KeyStore, WrappedSubjectKey } from "../types.ts";

/**
 * Checks every promise of {@link KeyStore} against an implementation that holds nothing yet, and leaves keys
 * and tombstones behind. Throws an Error that names the first broken promise.
 */
export async function checkKeyStore(store: KeyStore): Promise<void> {
  const key = (subject: string, version: number, fill: number): WrappedSubjectKey => ({
    subject,
    version,
    wrapped: new Uint8Array(144).fill(fill),
  });
  const holds = async (subject: string, expected: readonly WrappedSubjectKey[]): Promise<boolean> =>
    same(await store.get(subject), expected);

  promise(await holds("a", []), "get of an unknown subject is empty");
  promise(!(await store.isDestroyed("a")), "an unknown subject is not destroyed");
  promise(await store.put(key("a", 2, 2)), "put of a new version is true");
  promise(await store.put(key("a", 1, 1)), "put of a second version is true");
  promise(!(await store.put(key("a", 1, 9))), "put of a version that is there is false");
  promise(await holds("a", [key("a", 1, 1), key("a", 2, 2)]), "get has all versions, lowest first, unchanged by a refused put");
  promise(!(await store.replace(key("a", 1, 3), key("a", 1, 9))), "replace with other expected bytes is false");
  promise(!(await store.replace(key("z", 1, 3), key("z", 1, 1))), "replace of an unknown key is false");
  promise(await store.replace(key("a", 1, 3), key("a", 1, 1)), "replace with the expected bytes is true");
  promise(await holds("a", [key("a", 1, 3), key("a", 2, 2)]), "replace changed that version alone");

  for (const subject of ["b", "#index", "B"]) await store.put(key(subject, 1, 1));
  promise(same(await store.list(undefined, 2), [key("#index", 1, 1), key("B", 1, 1)]), "list goes by code units");
  const rest = await store.list("B", 1);
  promise(same(rest, [key("a", 1, 3), key("a", 2, 2)]), "list counts subjects and never splits one's versions");
  promise((await store.list("b", 5)).length === 0, "list ends");

  await store.destroy("a");
  await store.destroy("a");
  await store.destroy("never-seen");
  promise(await holds("a", []), "a destroyed subject has no keys");
  promise((await store.isDestroyed("a")) && (await store.isDestroyed("never-seen")), "destroy leaves a tombstone");
  promise(same(await store.list("B", 5), [key("b", 1, 1)]), "list leaves out the destroyed");
  promise(!(await store.replace(key("a", 1, 4), key("a", 1, 3))), "replace does not revive");
  promise((await refusal(store.put(key("a", 3, 3)))) === "subject-forgotten", "put for a destroyed subject is refused");
  promise((await store.tombstones(undefined, 1)).join() === "a", "tombstones come in order");
  promise((await store.tombstones("a", 5)).join() === "never-seen", "tombstones go on after a cursor");
}

async function refusal(promised: Promise<unknown>): Promise<string> {
  try {
    await promised;
    return "accepted";
  } catch (error) {
    return error instanceof VaultError ? error.code : "another error";
  }
}

function same(found: readonly WrappedSubjectKey[], expected: readonly WrappedSubjectKey[]): boolean {
  const alike = (one: WrappedSubjectKey, other: WrappedSubjectKey | undefined): boolean =>
    one.subject === other?.subject && one.version === other.version && equalBytes(one.wrapped, other.wrapped);
  return found.length === expected.length && found.every((one, at) => alike(one, expected[at]));
}

function promise(kept: boolean, what: string): void {
  if (!kept) throw new Error(`A key store must keep this promise: ${what}.`);
}
