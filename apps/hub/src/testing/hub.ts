import { createHash, randomBytes } from "node:crypto";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Alarm, identityToJson, type Invitation, openGateway } from "@yizhan/federation";
import { createLog, serveNode } from "@yizhan/http";
import { loadRegion } from "@yizhan/region";
import {
  type DatabaseOptions,
  fleet as openFleet,
  hubMigrations,
  migrate,
  openCheckpointStore,
  openDatabase,
  openInbound,
  openStore,
  type Store,
} from "@yizhan/store";
import { inMemory } from "@yizhan/store/testing";
import { fingerprint, type Identity, keyBytes, makeIdentity, memoryKeyStore, openVault } from "@yizhan/vault";
import type { Hono } from "hono";
import { hubApp } from "../app.ts";
import { openAcknowledgements } from "../fleet/acknowledgements.ts";
import { type Board, openBoard } from "../fleet/board.ts";

export const regions = join(import.meta.dirname, "../../../../regions");
export const silent = createLog("test", "silent");

export interface TestHub {
  readonly app: Hono;
  readonly identity: Identity;
  readonly store: Store;
  readonly board: Board;
  readonly alarms: Alarm[];
  /** An invitation for a node, listed at the hub. */
  invite(node: string, hubUrl?: string): Promise<Invitation>;
  /** Lists a token that was given out before. */
  expect(node: string, token: string): Promise<void>;
  /** Listens; the same port again after `stop` if given. */
  listen(port?: number): Promise<{ readonly url: string; readonly port: number; stop(): Promise<void> }>;
  totals(node: string): Promise<{ readonly opened: number; readonly closed: number }>;
  close(): Promise<void>;
}

/** The real hub over a database of its own, keys in memory. */
export async function testHub(database?: DatabaseOptions, identity = makeIdentity("CN")): Promise<TestHub> {
  const directory = await mkdtemp(join(tmpdir(), "yizhan-hub-"));
  const invitations = join(directory, "invitations.json");
  const db = await openDatabase(database ?? (await inMemory()));
  await migrate(db, hubMigrations);
  const root = keyBytes(new Uint8Array(32).fill(9));
  const vault = await openVault({ country: "CN", root, keyStore: memoryKeyStore() });
  const store = openStore({ database: db, vault, tenantDefault: "home" });
  const fleet = openFleet(db.kysely);
  const checkpoints = openCheckpointStore(db);
  const expected: { node: string; tokenSha256: string }[] = [];
  const acknowledgements = openAcknowledgements(store, checkpoints);
  const board = openBoard({
    fleet,
    checkpoints,
    acknowledgements,
    expected: async () => expected.map((one) => one.node),
    log: silent,
  });
  const alarms: Alarm[] = [];
  const inbound = openInbound(db, openFleet);
  const app = hubApp({
    log: silent,
    store,
    board,
    identity,
    fleet,
    checkpoints,
    acknowledgements,
    inbound,
    invitations,
    publicUrl: "http://127.0.0.1",
    web: undefined,
    changed: board.changed,
    alarm: (alarm) => void alarms.push(alarm),
  });
  async function list(node: string, token: string): Promise<void> {
    expected.push({ node, tokenSha256: createHash("sha256").update(token).digest("hex") });
    await writeFile(invitations, JSON.stringify(expected));
  }
  return {
    expect: list,
    app,
    identity,
    store,
    board,
    alarms,
    async invite(node, hubUrl = "http://127.0.0.1:1") {
      const token = randomBytes(24).toString("base64url");
      await list(node, token);
      return { hubUrl, token, hub: { ...identityToJson(identity), fingerprint: fingerprint(identity) } };
    },
    async listen(port = 0) {
      const server = await serveNode({ app, host: "127.0.0.1", port, log: silent });
      return { url: server.url, port: Number(new URL(server.url).port), stop: () => server.close() };
    },
    async totals(node) {
      const found = (await fleet.totals()).find((total) => total.node === node);
      return { opened: found?.opened ?? 0, closed: found?.closed ?? 0 };
    },
    async close() {
      board.close();
      await db.close();
      vault.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

export async function gatewayOf(code: string) {
  const region = await loadRegion(regions, code);
  return { region, gateway: openGateway(region) };
}
