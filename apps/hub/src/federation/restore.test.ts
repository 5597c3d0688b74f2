import { startPostgres, type TestPostgres } from "@yizhan/store/testing";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { appCarrier } from "../testing/carrier.ts";
import { testHub } from "../testing/hub.ts";
import { settled, testStation } from "../testing/station.ts";

describe("restored from a backup", () => {
  let server: TestPostgres;
  let made = 0;
  const database = async () => ({ kind: "postgres" as const, url: await server.createDatabase(`restore_${(made += 1)}`) });
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());

  it("a sender that lost its last days begins a new epoch; nothing is counted twice or lost", async () => {
    const hub = await testHub(await database());
    const invitation = await hub.invite("MZ");
    const transport = appCarrier(() => hub.app);
    const first = await testStation({ database: await database() });
    const running = first.start({ invitation, transport });
    await first.openCases(6);
    running.agent.notify();
    await settled(running, ({ link, pendingEvents }) => link === "connected" && pendingEvents === 0);
    await running.agent.close();
    await first.close();

    // The same node, its database as it was on the first day; the identity was kept apart.
    const restored = await testStation({ database: await database(), identity: first.identity });
    const again = restored.start({ invitation, transport });
    await restored.openCases(4);
    again.agent.notify();
    await settled(again, async () => (await hub.totals("MZ")).opened >= 10);
    expect(await hub.totals("MZ")).toEqual({ opened: 10, closed: 0 });
    expect(hub.alarms).toEqual([]);
    expect((await restored.outbound.chains("CN")).some((chain) => chain.epoch === 2 && !chain.closed)).toBe(true);
    await again.agent.close();
    await restored.close();
    await hub.close();
  });

  it("a hub that lost everything is sent everything again, once", async () => {
    const hub = await testHub(await database());
    const invitation = await hub.invite("MZ");
    let current = hub;
    const transport = appCarrier(() => current.app);
    const station = await testStation({ database: await database() });
    const running = station.start({ invitation, transport, helloEveryMs: 200 });
    for (let round = 0; round < 3; round += 1) {
      await station.openCases(3);
      running.agent.notify();
      await settled(running, ({ link, pendingEvents }) => link === "connected" && pendingEvents === 0);
    }
    expect(await hub.totals("MZ")).toEqual({ opened: 9, closed: 0 });

    const restored = await testHub(await database(), hub.identity);
    await restored.expect("MZ", invitation.token);
    current = restored;
    await station.openCases(2);
    running.agent.notify();
    await settled(running, async () => (await restored.totals("MZ")).opened >= 11);
    expect(await restored.totals("MZ")).toEqual({ opened: 11, closed: 0 });
    await running.agent.close();
    await station.close();
    await hub.close();
    await restored.close();
  });
});
