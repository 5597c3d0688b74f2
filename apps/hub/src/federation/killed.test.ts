import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { startPostgres, type TestPostgres } from "@yizhan/store/testing";
import { identityToSecret, makeIdentity } from "@yizhan/vault";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { testHub } from "../testing/hub.ts";
import type { SenderOrder } from "../testing/sender.ts";
import { settled, testStation } from "../testing/station.ts";

describe("a station killed at any moment", () => {
  let server: TestPostgres;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  it("loses no committed case and none is counted twice", async () => {
    const database = async (name: string) => ({
      kind: "postgres" as const,
      url: await server.createDatabase(name),
      connections: 4,
    });
    const hub = await testHub(await database("hub"));
    const listening = await hub.listen();
    const identity = makeIdentity("MZ");
    const order: SenderOrder = {
      database: await database("station"),
      keys: await database("keys"),
      identity: Buffer.from(identityToSecret(identity)).toString("base64"),
      invitation: await hub.invite("MZ", listening.url),
    };
    let committed = 0;
    for (const after of [1, 7, 23, 12]) {
      const child = fork(join(import.meta.dirname, "../testing/sender.ts"), { stdio: "inherit" });
      const gone = once(child, "exit");
      const goal = committed + after;
      child.on("message", () => {
        committed += 1;
        if (committed === goal) child.kill("SIGKILL");
      });
      child.send(order);
      const [, signal] = (await gone) as [number | null, NodeJS.Signals | null];
      expect(signal).toBe("SIGKILL");
    }
    const station = await testStation({ database: order.database, keys: order.keys, identity });
    const running = station.start({ invitation: order.invitation });
    await settled(running, ({ link, pendingEvents }) => link === "connected" && pendingEvents === 0);
    const written = await station.outbound.written("CN", "case.opened");
    expect(written).toBeGreaterThanOrEqual(committed);
    expect(await hub.totals("MZ")).toEqual({ opened: written, closed: 0 });
    expect(hub.alarms).toEqual([]);
    await running.agent.close();
    await station.close();
    await listening.stop();
    await hub.close();
  }, 120_000);
});
