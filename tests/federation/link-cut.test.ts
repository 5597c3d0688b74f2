import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { fleetUntil } from "../support/fleet.ts";
import { makePair, type Pair, type RunningApp } from "../support/nodes.ts";
import { account, askForCare, signIn } from "../support/patients.ts";

/** A station and its hub as real processes; the link is cut by stopping the hub. */

describe("a station whose hub is away", () => {
  let pair: Pair;
  let hub: RunningApp;
  let station: RunningApp;
  const operator = () => signIn(pair.hubUrl, account(pair.hubSecrets, "operator"));

  beforeAll(async () => {
    pair = await makePair();
    hub = await pair.startHub();
    station = await pair.startStation();
  });
  afterAll(async () => {
    await station.stop();
    await hub.stop();
  });

  it("is heard within a second while the link stands", async () => {
    const waiting = fleetUntil(pair.hubUrl, await operator(), (one) => one.opened === 1);
    await askForCare(pair.stationUrl);
    const acknowledged = performance.now();
    const { station: seen, at } = await waiting;
    expect(seen).toMatchObject({ node: "MZ", status: "healthy", opened: 1, closed: 0 });
    expect(at - acknowledged).toBeLessThan(1_000);
  });

  it("goes on alone, and everything arrives once when the hub returns", async () => {
    await hub.stop();
    for (let n = 0; n < 5; n += 1) await askForCare(pair.stationUrl);
    const clinician = await signIn(pair.stationUrl, account(pair.stationSecrets, "clinician"));
    const { cases } = await clinician.get<{ cases: { id: string }[] }>("/api/cases?status=open");
    expect(cases).toHaveLength(6);
    await clinician.post(`/api/cases/${cases[0]?.id}/claim`);
    await clinician.post(`/api/cases/${cases[0]?.id}/close`, { outcome: "resolved" });
    hub = await pair.startHub();
    const { station: seen } = await fleetUntil(
      pair.hubUrl,
      await operator(),
      (one) => one.opened >= 6 && one.closed >= 1 && one.pendingEvents === 0,
      45_000,
    );
    expect(seen).toMatchObject({ opened: 6, closed: 1, pendingEvents: 0 });
  }, 60_000);

  it("says nothing twice after both were restarted", async () => {
    await station.stop();
    await hub.stop();
    hub = await pair.startHub();
    station = await pair.startStation();
    const waiting = fleetUntil(pair.hubUrl, await operator(), (one) => one.opened > 6);
    await askForCare(pair.stationUrl);
    expect((await waiting).station).toMatchObject({ opened: 7, closed: 1 });
  });
});
