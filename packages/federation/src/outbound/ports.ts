import type { PublicIdentity } from "@yizhan/vault";
import type { BodyItem } from "../envelope/body.ts";
import type { Parked } from "../ack.ts";
import type { CohortCounter, Decision } from "../gateway/judge.ts";
import type { Lane, OutgoingEvent, OutboxWriter } from "../types.ts";

/** What the sending side keeps; packages/store implements it. */

/** An event that waits to be sealed. */
export interface PendingEvent {
  readonly id: number;
  readonly event: OutgoingEvent;
  /** Judged before, when it is sealed again in a new epoch: an event is judged once. */
  readonly judged?: { readonly item: BodyItem; readonly decision: Decision };
}

export interface SealedGroup {
  readonly to: string;
  readonly epoch: number;
  readonly lane: Lane;
  readonly seq: number;
  readonly hash: string;
  readonly bytes: Uint8Array;
  readonly events: readonly {
    readonly id: number;
    readonly item: BodyItem;
    readonly decision: Decision;
    readonly fresh: boolean;
  }[];
}

/** One transaction of the sealer, alone under an advisory lock. */
export interface SealingTx {
  /** Committed events that no envelope holds yet, in the order they were written. */
  pending(limit: number): Promise<readonly PendingEvent[]>;
  epoch(to: string): Promise<number>;
  head(to: string, epoch: number, lane: Lane): Promise<{ readonly seq: number; readonly hash: string } | undefined>;
  readonly count: CohortCounter;
  save(group: SealedGroup): Promise<void>;
}

export interface StoredEnvelope {
  readonly epoch: number;
  readonly lane: Lane;
  readonly seq: number;
  readonly hash: string;
  readonly bytes: Uint8Array;
}

/** A chain as the sender knows it. */
export interface SentChain {
  readonly epoch: number;
  readonly lane: Lane;
  readonly headSeq: number;
  readonly headHash: string;
  readonly ackedSeq: number;
  /** Given up for a newer epoch: nothing more is added to it. */
  readonly closed: boolean;
}

/** The node that envelopes go to, as it was joined. */
export interface Peer {
  readonly identity: PublicIdentity;
  /** The membership it signed, as JSON. */
  readonly membership: string;
}

export interface Backlog {
  readonly events: number;
  readonly oldestAt: Date | undefined;
}

export interface OutboundStore {
  peer(node: string): Promise<Peer | undefined>;
  savePeer(peer: Peer): Promise<void>;
  forgetPeer(node: string): Promise<void>;
  /** Writes events of this program's own, in a transaction of their own. */
  append: OutboxWriter["append"];
  sealing<T>(work: (tx: SealingTx) => Promise<T>): Promise<T>;
  /** Not acknowledged, the more urgent lane first, then in order. */
  unacked(to: string, lanes: readonly Lane[], limit: number): Promise<readonly StoredEnvelope[]>;
  chains(to: string): Promise<readonly SentChain[]>;
  /** `bytesKept` is false once its 30 days are over. */
  envelope(
    to: string,
    epoch: number,
    lane: Lane,
    seq: number,
  ): Promise<{ readonly hash: string; readonly bytesKept: boolean } | undefined>;
  acknowledged(to: string, epoch: number, lane: Lane, contiguous: number, parked: readonly Parked[]): Promise<void>;
  /** The receiver has only `contiguous`: what follows goes again. */
  rewind(to: string, epoch: number, lane: Lane, contiguous: number): Promise<void>;
  /** Closes all chains to `to`; what is not acknowledged waits to be sealed again under `epoch`. */
  beginEpoch(to: string, epoch: number): Promise<void>;
  backlog(to: string): Promise<Backlog>;
  /** How many events of a type were ever committed for `to`. */
  written(to: string, type: string): Promise<number>;
  /** Drops the bytes of envelopes acknowledged before `before`; their hashes stay. */
  purge(before: Date): Promise<number>;
}
