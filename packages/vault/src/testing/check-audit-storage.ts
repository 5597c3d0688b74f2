import { equalBytes, utf8 } from "../bytes.ts";
import { AuditLog, type AuditStorage, verifyLog } from "../audit/log.ts";
import { verifyConsistency, verifyInclusion } from "../audit/verify.ts";

/**
 * Checks an audit storage that holds nothing yet: appends, proves, and races two writers on it. Throws an Error
 * that names the first broken promise.
 */
export async function checkAuditStorage(storage: AuditStorage): Promise<void> {
  const log = new AuditLog("XX.test/audit", storage);
  const other = new AuditLog("XX.test/audit", storage);
  const entry = (index: number): Uint8Array => utf8(`entry ${index}`);
  promise((await storage.size()) === 0, "a new log is empty");
  promise((await log.append(entry(0))) === 0, "the first entry is entry 0");
  const early = await log.head();
  promise((await log.appendAll([1, 2, 3, 4].map(entry))) === 1, "a batch goes behind it");
  promise((await other.append(entry(5))) === 5, "a second writer goes on");
  promise((await log.append(entry(6))) === 6, "a writer that lost a race tries again");
  promise(!(await storage.append(3, [entry(9)], [])), "appending in the middle is refused");
  const found = await storage.entries(5, 10);
  promise(found.length === 2 && equalBytes(found[0] ?? entry(9), entry(5)), "entries come back as they were");
  const head = await verifyLog(storage, [{ origin: log.origin, ...early }]);
  for (let index = 0; index < 7; index += 1) {
    const proof = await log.inclusionProof(index, 7);
    promise(verifyInclusion(entry(index), index, head, proof), "every entry can be proved");
  }
  promise(verifyConsistency(early, head, await log.consistencyProof(1, 7)), "growth can be proved");
}

function promise(kept: boolean, what: string): void {
  if (!kept) throw new Error(`An audit storage must keep this promise: ${what}.`);
}
