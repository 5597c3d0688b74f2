import { auditOrigin } from "@yizhan/store";
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

it("the hub holds a station's newest checkpoint, and keeps both when the log is cut back or rewritten", async () => {
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
  log = new AuditLog(origin, memoryAuditStorage());
  await log.append(Buffer.from("a"));
  expect(await until(hub, ({ entries }) => entries === 1)).toMatchObject({ contradicts: "cut-back" });
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
});
