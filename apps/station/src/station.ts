import { readSecretFile } from "@yizhan/vault";
import type { Log, ServeOptions } from "@yizhan/http";
import { loadRegion } from "@yizhan/region";
import { openCheckpoints, ownIdentity } from "@yizhan/store";
import type { Hono } from "hono";
import { admitLocalToken, createFirstAccounts } from "./accounts/first-accounts.ts";
import { assistedMicrophone } from "./assisted/microphone.ts";
import { openTickets } from "./assisted/tickets.ts";
import { stationApp } from "./app.ts";
import { openHeldStorage } from "./backup/held-storage.ts";
import { backupMetrics } from "./backup/metrics.ts";
import { openBoard } from "./cases/board.ts";
import { openGlass } from "./cases/glass.ts";
import type { StationConfig } from "./config.ts";
import { openMeet } from "./calls/meet.ts";
import { openPresence } from "./calls/presence.ts";
import { startLink } from "./federation/agent.ts";
import { readInvitation } from "./federation/invitation.ts";
import { openGuard } from "./guard/guard.ts";
import { readGuardRules, usualRules } from "./guard/rules.ts";
import { hourIn, openWatch } from "./guard/watch.ts";
import { openKeyExchange } from "./keys/exchange.ts";
import { startOrphanSweeper } from "./keys/orphan-sweeper.ts";
import { startSweeper } from "./keys/sweeper.ts";
import { openMetrics } from "./metrics/metrics.ts";
import { openSpeechClient } from "./sessions/speech-client.ts";
import { recordOverrides } from "./overrides/record.ts";
import { homeTenant, type openStorage } from "./storage.ts";
import { openKeeper } from "./transcripts/keeper.ts";
import { version } from "./version.ts";

export interface Station {
  readonly app: Hono;
  /** Takes WebSocket upgrades: the microphones of assisted mode. */
  readonly upgrade: NonNullable<ServeOptions["upgrade"]>;
  close(): Promise<void>;
}

/** Opens every part of a station as its configuration says and puts them together. */
export async function openStation(
  config: StationConfig,
  log: Log,
  through?: Parameters<typeof openStorage>[1],
): Promise<Station> {
  const region = await loadRegion(config.regions, config.country);
  const { store, payloads, close } = await openHeldStorage(config, through);
  await recordOverrides(store, config.overrides);
  if (config.staff !== undefined) await createFirstAccounts(store, await readSecretFile(config.staff));
  if (config.apiTokenFile !== undefined) await admitLocalToken(store, await readSecretFile(config.apiTokenFile));
  const speech = config.speech && openSpeechClient(config.speech.url, await readSecretFile(config.speech.tokenFile));
  const meet = config.meet && (await openMeet(config.meet));
  const keeper = openKeeper({ store, speech, log });
  await keeper.resume();
  const tickets = openTickets();
  const microphone = assistedMicrophone(speech, tickets, log);
  const metrics = openMetrics();
  backupMetrics(metrics.registry, config.data);
  const invitation = config.hub && (await readInvitation(config.hub.invitation));
  const { data, healthEveryMs } = config;
  const identity = await ownIdentity(store, region.code, data);
  const checkpoints = await openCheckpoints({ store, identity, data, log });
  const link = invitation && startLink({ store, payloads, region, invitation, identity, checkpoints, log, healthEveryMs });
  const board = openBoard();
  const sweeper = startSweeper(store, log);
  const orphans = startOrphanSweeper(store, log);
  // One process reads its own changes of keys at once; several need their caches' lifetime.
  const keys = await openKeyExchange({ store, log, settleMs: config.database.kind === "pglite" ? 0 : 90_000 });
  const watch = openWatch(await readGuardRules(config.guardRules ?? usualRules), { hour: hourIn(region.timeZones[0] ?? "UTC") });
  const app = stationApp({
    log,
    region,
    store,
    at: { country: region.code, tenant: homeTenant, hub: invitation?.hub.node },
    version,
    publicUrl: config.publicUrl,
    speech,
    meet,
    presence: openPresence(),
    tickets,
    keeper,
    glass: openGlass(),
    guard: openGuard({ store, watch, board, log, home: homeTenant, blocked: (rule) => metrics.blocked.inc({ rule }) }),
    board,
    keys,
    metrics,
    web: config.web,
    link: link && (() => link.status()),
    caseChanged: (change) => {
      (change === "opened" ? metrics.casesOpened : metrics.casesClosed).inc();
      link?.notify();
    },
  });
  return {
    app,
    upgrade: microphone.upgrade,
    close: async () => {
      microphone.close();
      await keeper.close();
      await keys.close();
      await sweeper.close();
      await orphans.close();
      // The last one, so that the hub is told of it as the station says that it stops.
      await checkpoints.close();
      await link?.close();
      await close();
    },
  };
}
