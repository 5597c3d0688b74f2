import { type Agent, type AgentOptions, type Invitation, startAgent } from "@yizhan/federation";
import type { Log } from "@yizhan/http";
import type { Region } from "@yizhan/region";
import { type Checkpoints, openOutbound, type PayloadSeal, type Store } from "@yizhan/store";
import type { Identity } from "@yizhan/vault";
import { version } from "../version.ts";

export interface LinkOptions {
  readonly store: Store;
  /** The seal that the store's outbox writes with. */
  readonly payloads: PayloadSeal;
  readonly region: Region;
  readonly invitation: Invitation;
  readonly identity: Identity;
  readonly log: Log;
  /** Milliseconds between two reports of health. */
  readonly healthEveryMs: number;
  readonly checkpoints: Checkpoints;
}

/** Starts the way to the hub. It joins, sends and reports health by itself; the station never waits for it. */
export function startLink(options: LinkOptions): Agent {
  const { store, payloads, region, invitation, identity, log, healthEveryMs, checkpoints } = options;
  return startAgent({
    store: openOutbound(store.database, payloads),
    identity,
    region,
    invitation,
    version,
    log: log.child({ part: "link" }),
    helloEveryMs: healthEveryMs,
    checkpoint: toldOnce(store, checkpoints),
  });
}

/** The newest checkpoint with its proof, until the hub holds it. */
function toldOnce({ auditLog }: Pick<Store, "auditLog">, checkpoints: Checkpoints): NonNullable<AgentOptions["checkpoint"]> {
  let told: string | undefined;
  return async (from) => {
    const newest = checkpoints.newest();
    if (newest === undefined || (newest.size === from && newest.note === told)) return undefined;
    told = newest.note;
    // A log that was cut back has nothing to prove: the hub sees it by the size.
    const proof = from > newest.size ? [] : await auditLog.consistencyProof(from, newest.size);
    return { note: newest.note, from, proof: proof.map((hash) => Buffer.from(hash).toString("base64")) };
  };
}
