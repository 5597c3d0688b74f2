import { type Agent, type Invitation, startAgent } from "@yizhan/federation";
import type { Log } from "@yizhan/http";
import type { Region } from "@yizhan/region";
import { openOutbound, type PayloadSeal, type Store } from "@yizhan/store";
import { version } from "../version.ts";
import { stationIdentity } from "./identity.ts";

export interface LinkOptions {
  readonly store: Store;
  /** The seal that the store's outbox writes with. */
  readonly payloads: PayloadSeal;
  readonly region: Region;
  readonly invitation: Invitation;
  /** Where `identity.json` goes. */
  readonly data: string;
  readonly log: Log;
  /** Milliseconds between two reports of health. */
  readonly healthEveryMs: number;
}

/** Starts the way to the hub. It joins, sends and reports health by itself; the station never waits for it. */
export async function startLink(options: LinkOptions): Promise<Agent> {
  const { store, payloads, region, invitation, data, log, healthEveryMs } = options;
  return startAgent({
    store: openOutbound(store.database, payloads),
    identity: await stationIdentity(store, region.code, data),
    region,
    invitation,
    version,
    log: log.child({ part: "link" }),
    helloEveryMs: healthEveryMs,
  });
}
