import type { PublicIdentity } from "@yizhan/vault";
import type { Parked } from "../ack.ts";
import type { Cursor } from "../hello.ts";
import type { Lane } from "../types.ts";

/** What the receiving side keeps; packages/store implements it. `Effects` is what events act on, within the transaction. */

export interface Member {
  readonly identity: PublicIdentity;
  readonly gatewayKey: Uint8Array;
  /** The membership as signed, as JSON. */
  readonly membership: string;
  readonly revoked: boolean;
}

export interface InboundChain {
  readonly contiguous: number;
  readonly hash: string;
  readonly quarantined: boolean;
}

export interface ParkedEvent extends Parked {
  readonly key: string | undefined;
  /** The whole envelope, still sealed: custody without a plain copy. */
  readonly envelope: Uint8Array;
}

export interface Fork {
  readonly seq: number;
  readonly code: "forked" | "chain-broken";
  readonly hash: string;
  readonly envelope: Uint8Array;
  /** Where the chain stood; its first link may be the one that forks. */
  readonly at: Pick<InboundChain, "contiguous" | "hash">;
}

/** One transaction about one chain; no other runs for the same sender at the same time. */
export interface InboundTx<Effects> {
  readonly effects: Effects;
  chain(): Promise<InboundChain | undefined>;
  /** Hash of the envelope with this number, applied or kept. */
  known(seq: number): Promise<string | undefined>;
  /** Keeps an envelope that came before its predecessor. */
  keep(seq: number, hash: string, bytes: Uint8Array): Promise<void>;
  kept(seq: number): Promise<Uint8Array | undefined>;
  keptRanges(): Promise<[number, number][]>;
  advance(seq: number, hash: string): Promise<void>;
  /** Records event ids for ever; gives those that were not there. */
  first(eventIds: readonly string[], seq: number): Promise<ReadonlySet<string>>;
  waitsFor(key: string): Promise<boolean>;
  park(parked: ParkedEvent): Promise<void>;
  parked(fromSeq: number, toSeq: number): Promise<readonly Parked[]>;
  quarantine(fork: Fork): Promise<void>;
  /** Runs an effect so that its failure undoes only itself. */
  attempt(work: () => Promise<void>): Promise<void>;
}

export interface InboundStore<Effects> {
  member(node: string, keyId: string): Promise<Member | undefined>;
  revokedKeys(): Promise<readonly string[]>;
  /** Who used this invitation, if anyone. */
  invited(tokenSha256: string): Promise<Member | undefined>;
  /** Adds a member under an invitation and revokes the node's earlier keys. Throws `token-used` if another was faster. */
  admit(member: Member, tokenSha256: string, at: Date): Promise<void>;
  receiving<T>(chain: { from: string; epoch: number; lane: Lane }, work: (tx: InboundTx<Effects>) => Promise<T>): Promise<T>;
  cursors(from: string): Promise<readonly Cursor[]>;
  /** Whether the same could succeed later, so that an event must not be parked for it. */
  isTransient(error: unknown): boolean;
}
