import { genesis } from "../chain.ts";
import type { Cursor } from "../hello.ts";
import type { OutboundStore, SentChain } from "./ports.ts";

export type Resumed =
  | { readonly kind: "continued" }
  /** The receiver was restored from a backup: envelopes go again from its last point. */
  | { readonly kind: "rewound"; readonly envelopes: number }
  /** Both histories differ after some point: this node begins a new epoch and seals what was not acknowledged again. */
  | { readonly kind: "new-epoch"; readonly epoch: number; readonly reason: NewEpochReason };
export type NewEpochReason = "sender-restored" | "histories-differ" | "quarantined" | "history-dropped";

export interface ResumeRequest {
  readonly store: OutboundStore;
  readonly from: string;
  readonly to: string;
  /** This node's chains as they were before the receiver was asked. */
  readonly before: readonly SentChain[];
  readonly cursors: readonly Cursor[];
}

/**
 * Finds the highest point that both sides' histories share, by hash, and goes on from there.
 * `before` was read before the receiver answered: an envelope acknowledged meanwhile is no loss.
 */
export async function resume(request: ResumeRequest): Promise<Resumed> {
  const { store, from, to } = request;
  const current = await store.chains(to);
  const own = Math.max(1, ...current.map((chain) => chain.epoch));
  const unknown = request.cursors.some(
    (cursor) => cursor.epoch >= own && cursor.contiguous > 0 && find(current, cursor) === undefined,
  );
  let reason: NewEpochReason | undefined = unknown ? "sender-restored" : undefined;
  const rewinds: { chain: SentChain; contiguous: number }[] = [];
  for (const chain of current) {
    const cursor = find(request.cursors, chain);
    const contiguous = cursor?.contiguous ?? 0;
    const common = await compare(request, chain, cursor);
    if (common !== "common") {
      // A chain given up earlier is expected to differ; nothing rests on it any more.
      if (!chain.closed) reason ??= common;
      continue;
    }
    const acked = find(request.before, chain)?.ackedSeq ?? 0;
    if (contiguous > chain.ackedSeq) await store.acknowledged(to, chain.epoch, chain.lane, contiguous, []);
    if (contiguous < acked) {
      const next = await store.envelope(to, chain.epoch, chain.lane, contiguous + 1);
      if (next?.bytesKept === true) rewinds.push({ chain, contiguous });
      else if (!chain.closed) reason ??= "history-dropped";
    }
  }
  let envelopes = 0;
  for (const { chain, contiguous } of rewinds) {
    await store.rewind(to, chain.epoch, chain.lane, contiguous);
    envelopes += chain.ackedSeq - contiguous;
  }
  if (reason !== undefined) {
    const epoch = Math.max(own, ...request.cursors.map((cursor) => cursor.epoch)) + 1;
    await store.beginEpoch(to, epoch);
    return { kind: "new-epoch", epoch, reason };
  }
  return envelopes > 0 ? { kind: "rewound", envelopes } : { kind: "continued" };

  async function compare(
    { store }: ResumeRequest,
    chain: SentChain,
    cursor: Cursor | undefined,
  ): Promise<"common" | NewEpochReason> {
    if (cursor === undefined || cursor.contiguous === 0) {
      const start = genesis({ from, to, epoch: chain.epoch, lane: chain.lane });
      return cursor === undefined || cursor.chainHead === start
        ? cursor?.quarantined === true
          ? "quarantined"
          : "common"
        : "histories-differ";
    }
    if (cursor.contiguous > chain.headSeq) return "sender-restored";
    const known = await store.envelope(to, chain.epoch, chain.lane, cursor.contiguous);
    if (known?.hash !== cursor.chainHead) return "histories-differ";
    return cursor.quarantined ? "quarantined" : "common";
  }
}

function find<T extends { epoch: number; lane: string }>(
  list: readonly T[],
  wanted: { epoch: number; lane: string },
): T | undefined {
  return list.find((entry) => entry.epoch === wanted.epoch && entry.lane === wanted.lane);
}
