import { type PublicIdentity, sealTo } from "@yizhan/vault";
import { digestOf, sha256 } from "../canonical.ts";
import { eventClasses } from "../types.ts";
import type { ChainName, ChainPoint } from "../chain.ts";
import type { Decision } from "../gateway/judge.ts";
import { type Signer, signatureOf } from "../signed.ts";
import { type BodyItem, packBody } from "./body.ts";
import { bodySchema, envelopeHash, type Header } from "./header.ts";
import { encodeEnvelope } from "./wire.ts";

export interface SealRequest {
  readonly chain: ChainName;
  /** The last envelope of the chain, or its genesis with `seq` 0. */
  readonly after: Pick<ChainPoint, "seq" | "hash">;
  readonly items: readonly BodyItem[];
  readonly decisions: readonly Decision[];
  readonly policyVersion: string;
  readonly at: Date;
  readonly sender: Signer;
  /** Countersigns that every event passed the gateway; may be a key of another process. */
  readonly gateway: Signer;
  readonly recipient: Pick<PublicIdentity, "boxKey">;
}

export interface SealedEnvelope {
  readonly seq: number;
  readonly hash: string;
  readonly bytes: Uint8Array;
}

/** Makes the next envelope of a chain. The bytes are final: they are stored before they are sent. */
export function sealEnvelope(request: SealRequest): SealedEnvelope {
  const { chain, items, sender, gateway } = request;
  const sealed = sealTo(request.recipient.boxKey, packBody(items));
  const present = new Set(items.flatMap((item) => ("withheld" in item ? [] : [item.class])));
  const unsigned: Omit<Header, "signature" | "gatewaySignature"> = {
    v: 1,
    from: chain.from,
    to: chain.to,
    epoch: chain.epoch,
    lane: chain.lane,
    seq: request.after.seq + 1,
    prevHash: request.after.hash,
    count: items.length,
    classes: eventClasses.filter((name) => present.has(name)).sort(),
    schema: bodySchema,
    policyVersion: request.policyVersion,
    decisionDigest: digestOf(request.decisions),
    createdAt: request.at.toISOString(),
    keyId: sender.keyId,
    ciphertextHash: sha256(sealed),
  };
  const withSignature = { ...unsigned, signature: signatureOf(sender, "envelope", unsigned) };
  const header: Header = { ...withSignature, gatewaySignature: signatureOf(gateway, "gateway", withSignature) };
  return { seq: header.seq, hash: envelopeHash(header), bytes: encodeEnvelope({ header, sealed }) };
}
