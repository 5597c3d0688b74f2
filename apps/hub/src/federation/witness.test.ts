import { makeSessionToken, type StaffRole } from "@yizhan/access";
import { auditOrigin, auditStorage } from "@yizhan/store";
import { AuditLog, makeIdentity, memoryAuditStorage, noteSigner, signCheckpoint } from "@yizhan/vault";
import { expect, it } from "vitest";
import { appCarrier } from "../testing/carrier.ts";
import { type TestHub, testHub } from "../testing/hub.ts";
import { testStation } from "../testing/station.ts";

type AuditView = Awaited<ReturnType<TestHub["board"]["view"]>>["stations"][number]["auditLog"];

/** Resolves once the hub says so of its one station. */
async function until(hub: TestHub, holds: (audit: NonNullable<AuditView>) => boolean): Promise<AuditView> {
  const seen = Promise.withResolvers<AuditView>();
  const stop = hub.board.watch(({ stations }) => {
    const audit = stations[0]?.auditLog ?? null;
    if (audit !== null && holds(audit)) seen.resolve(audit);
  });
  return seen.promise.finally(stop);
}

/** Somebody of this role, who says something about the audit log of MZ; answers the status. */
async function signedIn(hub: TestHub, role: StaffRole) {
  const { accounts, sessions } = hub.store.direct();
  const account = await accounts.create({ name: role, role, language: "en", passphraseHash: "none" });
  const token = makeSessionToken();
  await sessions.create(token.hash, account.id, new Date(Date.now() + 60_000));
  return async (verb: "acknowledge" | "take-back", body: object): Promise<number> => {
    const headers = { cookie: `yizhan_session=${token.secret}`, "x-yizhan": "1", "content-type": "application/json" };
    const asked = { method: "POST", headers, body: JSON.stringify(body) };
    return (await hub.app.request(`/api/fleet/MZ/audit-log/${verb}`, asked)).status;
  };
}

it("the hub holds a station's newest checkpoint, and both when it is cut back or rewritten, until an administrator answers for it", async () => {
  const hub = await testHub();
  const station = await testStation();
  const origin = auditOrigin("MZ");
  const write = (text: string) => [Buffer.from(text)];
  let log = new AuditLog(origin, memoryAuditStorage());
  let signer = noteSigner(station.identity, origin);
  const checkpoint = async (from: number) => {
    const head = await log.checkpoint();
    const proof = from > head.size ? [] : await log.consistencyProof(from, head.size);
    return { note: signCheckpoint(head, signer), from, proof: proof.map((hash) => Buffer.from(hash).toString("base64")) };
  };
  await log.appendAll(["a", "b", "c"].flatMap(write));
  const transport = appCarrier(() => hub.app);
  const { agent } = station.start({ invitation: await hub.invite("MZ"), transport, helloEveryMs: 100, checkpoint });
  expect(await until(hub, ({ entries }) => entries === 3)).toMatchObject({ contradicts: null });
  await log.appendAll(["d", "e", "f", "g"].flatMap(write));
  expect(await until(hub, ({ entries }) => entries === 7)).toMatchObject({ contradicts: null });
  // The same entries at first, then others; longer than what the hub holds.
  const other = new AuditLog(origin, memoryAuditStorage());
  await other.appendAll(["a", "b", "c", "d", "E", "f", "g", "h"].flatMap(write));
  log = other;
  expect(await until(hub, ({ contradicts }) => contradicts !== null)).toMatchObject({ entries: 8, contradicts: "rewritten" });
  // It was a restore: an administrator says so, nobody else may, and what follows it stays acknowledged.
  const [administrator, operator] = [await signedIn(hub, "administrator"), await signedIn(hub, "operator")];
  const { checkpoint: told } = (await hub.board.view()).stations[0]?.auditLog ?? { checkpoint: 0 };
  const reason = "Restored from Tuesday's backup, the disk had died.";
  expect(await operator("acknowledge", { checkpoint: told, reason })).toBe(403);
  expect(await administrator("acknowledge", { checkpoint: told, reason: "because" })).toBe(400);
  expect(await administrator("acknowledge", { checkpoint: told + 1, reason })).toBe(409);
  expect(await administrator("acknowledge", { checkpoint: told, reason })).toBe(204);
  expect(await administrator("acknowledge", { checkpoint: told, reason })).toBe(409);
  await log.append(Buffer.from("i"));
  const followed = await until(hub, ({ entries }) => entries === 9);
  expect(followed).toMatchObject({ contradicts: "rewritten", acknowledged: { by: "administrator", reason } });
  expect(await administrator("take-back", { checkpoint: told })).toBe(204);
  expect((await hub.board.view()).stations[0]?.auditLog?.acknowledged).toBe(null);
  expect(await administrator("acknowledge", { checkpoint: told, reason })).toBe(204);
  const said = (await auditStorage(hub.store.database).entries(0, 100)).map((one) => Buffer.from(one).toString());
  expect(said.filter((one) => one.includes("fleet.audit-"))).toHaveLength(3);
  expect(said.join("")).not.toContain("disk");
  log = new AuditLog(origin, memoryAuditStorage());
  await log.append(Buffer.from("a"));
  expect(await until(hub, ({ entries }) => entries === 1)).toMatchObject({ contradicts: "cut-back", acknowledged: null });
  expect(await administrator("take-back", { checkpoint: told })).toBe(409);
  // What another key signed counts for nothing.
  await log.append(Buffer.from("b"));
  signer = noteSigner(makeIdentity("MZ"), origin);
  await new Promise<void>((resolve) => {
    let beats = 0;
    const stop = hub.board.watch(() => {
      beats += 1;
      if (beats < 4) return;
      stop();
      resolve();
    });
  });
  expect((await hub.board.view()).stations[0]?.auditLog?.entries).toBe(1);
  await agent.close();
  await station.close();
  await hub.close();
}, 60_000);
