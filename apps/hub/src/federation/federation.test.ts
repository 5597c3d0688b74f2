import { describe, expect, it } from "vitest";
import { appCarrier } from "../testing/carrier.ts";
import { testHub } from "../testing/hub.ts";
import { settled, testStation } from "../testing/station.ts";

describe("a station and its hub", () => {
  it("counts opened and closed cases once, over real HTTP", async () => {
    const hub = await testHub();
    const station = await testStation();
    const server = await hub.listen();
    const running = station.start({ invitation: await hub.invite("MZ", server.url) });
    await station.openCases(7);
    await station.closeCases(3);
    running.agent.notify();
    await settled(running, ({ pendingEvents, link }) => link === "connected" && pendingEvents === 0);
    expect(await hub.totals("MZ")).toEqual({ opened: 7, closed: 3 });
    const { stations } = await hub.board.view();
    expect(stations).toMatchObject([{ node: "MZ", status: "healthy", opened: 7, closed: 3, version: "0.1.0" }]);
    await running.agent.close();
    expect((await hub.board.view()).stations[0]?.status).toBe("down");
    await server.stop();
    await station.close();
    await hub.close();
  });

  it("goes on without the hub and delivers everything once when it returns", async () => {
    const hub = await testHub();
    const station = await testStation();
    const transport = appCarrier(() => hub.app);
    transport.down = true;
    const running = station.start({ invitation: await hub.invite("MZ"), transport });
    for (let round = 0; round < 5; round += 1) {
      await station.openCases(4);
      running.agent.notify();
    }
    await settled(running, ({ link, pendingEvents }) => link === "waiting" && pendingEvents >= 20);
    transport.down = false;
    await settled(running, ({ pendingEvents }) => pendingEvents === 0);
    expect(await hub.totals("MZ")).toEqual({ opened: 20, closed: 0 });
    await running.agent.close();
    await station.close();
    await hub.close();
  });
});
