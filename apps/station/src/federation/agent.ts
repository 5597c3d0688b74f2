import { type Agent, type Invitation, startAgent } from "@yizhan/federation";
import type { Log } from "@yizhan/http";
import type { Region } from "@yizhan/region";
import { openOutbound, type PayloadSeal, type Store } from "@yizhan/store";
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
}

/** Starts the way to the hub. It joins, sends and reports health by itself; the station never waits for it. */
export function startLink(options: LinkOptions): Agent {
  const { store, payloads, region, invitation, identity, log, healthEveryMs } = options;
  return startAgent({
    store: openOutbound(store.database, payloads),
    identity,
    region,
    invitation,
    version,
    log: log.child({ part: "link" }),
    helloEveryMs: healthEveryMs,
  });
}
