import type { Log } from "@yizhan/http";
import { fleet as openFleet, openCheckpoints, openCheckpointStore, openInbound, ownIdentity } from "@yizhan/store";
import { readSecretFile } from "@yizhan/vault";
import type { Hono } from "hono";
import { createFirstAccounts } from "./accounts/first-accounts.ts";
import { hubApp } from "./app.ts";
import type { HubConfig } from "./config.ts";
import { readInvitations } from "./federation/invitations.ts";
import { openAcknowledgements } from "./fleet/acknowledgements.ts";
import { openBoard } from "./fleet/board.ts";
import { openStorage } from "./storage.ts";

export interface Hub {
  readonly app: Hono;
  close(): Promise<void>;
}

/** Opens every part of the hub as its configuration says and puts them together. */
export async function openHub(config: HubConfig, log: Log): Promise<Hub> {
  const { store, close } = await openStorage(config);
  const identity = await ownIdentity(store, config.country, config.data);
  // Of the log of its own; `checkpoints` are those of the stations.
  const signed = await openCheckpoints({ store, identity, data: config.data, log });
  if (config.staff !== undefined) await createFirstAccounts(store, await readSecretFile(config.staff));
  const fleet = openFleet(store.database.kysely);
  const expected = async () => (await readInvitations(config.invitations)).map((one) => one.node);
  const checkpoints = openCheckpointStore(store.database);
  const acknowledgements = openAcknowledgements(store, checkpoints);
  const board = openBoard({ fleet, checkpoints, acknowledgements, expected, log });
  const app = hubApp({
    log,
    store,
    board,
    identity,
    fleet,
    checkpoints,
    acknowledgements,
    inbound: openInbound(store.database, openFleet),
    invitations: config.invitations,
    publicUrl: config.publicUrl,
    web: config.web,
    changed: board.changed,
    alarm: (alarm) => log.error(alarm, alarm.code === "parked" ? "an event was parked" : "a chain was quarantined"),
  });
  return {
    app,
    async close() {
      board.close();
      await signed.close();
      await close();
    },
  };
}
