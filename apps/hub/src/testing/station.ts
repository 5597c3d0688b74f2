import {
  type Agent,
  type AgentOptions,
  type AgentStatus,
  caseClosed,
  caseOpened,
  type Invitation,
  type OutboundStore,
  startAgent,
} from "@yizhan/federation";
import {
  type Database,
  type DatabaseOptions,
  migrate,
  openDatabase,
  openKeyStore,
  openOutbound,
  openStore,
  outboxWriter,
  type PayloadSeal,
  sealedPayloads,
  stationMigrations,
  type Store,
} from "@yizhan/store";
import { inMemory } from "@yizhan/store/testing";
import { type Identity, keyBytes, makeIdentity, memoryKeyStore, openVault } from "@yizhan/vault";
import { gatewayOf, silent } from "./hub.ts";

export interface RunningAgent {
  readonly agent: Agent;
  readonly progress: Progress;
}

export interface TestStation {
  readonly identity: Identity;
  readonly database: Database;
  readonly store: Store;
  readonly outbound: OutboundStore;
  readonly payloads: PayloadSeal;
  openCases(count: number, facts?: { language?: string; birthYear?: number }): Promise<void>;
  closeCases(count: number): Promise<void>;
  start(options: Partial<AgentOptions> & { invitation: Invitation }): RunningAgent;
  close(): Promise<void>;
}

/** A station's sending side over the real store, keys in memory unless `keys` says where. */
export async function testStation(
  options: { database?: DatabaseOptions; keys?: DatabaseOptions; identity?: Identity } = {},
): Promise<TestStation> {
  const identity = options.identity ?? makeIdentity("MZ");
  const database = await openDatabase(options.database ?? (await inMemory()));
  await migrate(database, stationMigrations);
  const root = keyBytes(new Uint8Array(32).fill(7));
  const keys = options.keys === undefined ? undefined : await openKeyStore(options.keys);
  const vault = await openVault({ country: "MZ", root, keyStore: keys ?? memoryKeyStore() });
  const payloads = await sealedPayloads(vault);
  const store = openStore({ database, vault, tenantDefault: "home", outbox: (tx) => outboxWriter(tx, payloads) });
  const { region } = await gatewayOf("MZ");
  const outbound = openOutbound(database, payloads);
  return {
    identity,
    database,
    store,
    outbound,
    payloads,
    async openCases(count, facts = {}) {
      await store.transaction(async (tx) => {
        for (let made = 0; made < count; made += 1) {
          await tx.outbox.append(caseOpened({ to: "CN", at: new Date(), language: "pt", birthYear: 1980, ...facts }));
        }
      });
    },
    async closeCases(count) {
      await store.transaction(async (tx) => {
        for (let made = 0; made < count; made += 1) {
          await tx.outbox.append(caseClosed({ to: "CN", at: new Date(), language: "pt", birthYear: 1980, outcome: "resolved" }));
        }
      });
    },
    start(own) {
      const progress = new Progress();
      const base = { store: outbound, identity, region, version: "0.1.0", log: silent, maxBackOffMs: 400 };
      return { agent: startAgent({ ...base, onProgress: progress.made, ...own }), progress };
    },
    async close() {
      await database.close();
      await keys?.close();
      vault.close();
    },
  };
}

/** Resolves when `condition` holds; it is asked again after each step of the agent. */
export async function settled(
  { agent, progress }: RunningAgent,
  condition: (status: AgentStatus) => boolean | Promise<boolean>,
): Promise<AgentStatus> {
  for (;;) {
    // Taken before the question, so that a step between question and wait is not missed.
    const next = progress.next();
    const status = await agent.status();
    if (await condition(status)) return status;
    await next;
  }
}

/** Lets many wait for the next step. */
export class Progress {
  #step = Promise.withResolvers<void>();

  next(): Promise<void> {
    return this.#step.promise;
  }

  readonly made = (): void => {
    const made = this.#step;
    this.#step = Promise.withResolvers();
    made.resolve();
  };
}
