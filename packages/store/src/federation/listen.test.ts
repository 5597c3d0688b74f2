import { caseOpened } from "@yizhan/federation";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startPostgres, type TestPostgres } from "../testing/postgres.ts";
import { openTestStore } from "../testing/open.ts";
import { listenToOutbox } from "./listen.ts";
import { outboxWriter } from "./outbox.ts";
import { sealedPayloads } from "./payloads.ts";
import { openOutbound } from "./outbound.ts";

describe("the outbox on PostgreSQL", () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  it("tells another process after the commit, and nothing of what was rolled back", async () => {
    const url = await server.createDatabase("listen");
    const store = await openTestStore({ database: { kind: "postgres", url } });
    const payloads = await sealedPayloads(store.vault);
    const outbound = openOutbound(store.database, payloads);
    const told = Promise.withResolvers<number>();
    const count = async () => (await outbound.backlog("CN")).events;
    const listener = await listenToOutbox(url, () => void count().then(told.resolve, told.reject), told.reject);
    const event = () => caseOpened({ to: "CN", at: new Date(), language: "pt" });
    const undone = store.transaction(async (tx) => {
      await outboxWriter(tx.db, payloads).append(event());
      throw new Error("undone");
    });
    await expect(undone).rejects.toThrow("undone");
    await store.transaction((tx) => outboxWriter(tx.db, payloads).append(event()));
    // What wakes is the commit: the event can be seen by then.
    expect(await told.promise).toBe(1);
    await listener.close();
    await store.close();
  });
});
