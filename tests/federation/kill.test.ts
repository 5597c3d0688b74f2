import { randomInt, randomUUID } from "node:crypto";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { startPostgres } from "@yizhan/store/testing";
import { expect, it, onTestFinished } from "vitest";
import { fleetUntil } from "../support/fleet.ts";
import { makePair, type Pair, reconfigure, type RunningApp } from "../support/nodes.ts";
import { account, ana, askForCare, signIn } from "../support/patients.ts";

/** Fifty kills. PGlite dies with its station and recovers at each start; a server of its own lives on. */
const kills = { pglite: 20, postgres: 30 };

async function onPostgres(pair: Pair): Promise<void> {
  const server = await startPostgres({ settings: ["fsync=on"] });
  onTestFinished(() => server.stop());
  const secret = async (name: string) => {
    const path = join(pair.stationData, "secrets", name);
    await writeFile(path, await server.createDatabase(name), { mode: 0o600 });
    return path;
  };
  const database = { kind: "postgres", urlFile: await secret("records"), keyUrlFile: await secret("keys") };
  await reconfigure(pair.stationConfig, { database });
}

/**
 * SIGKILL at random moments while cases are opened. A case that was acknowledged is there
 * afterwards; one whose answer was lost is asked for again with its key and is there once;
 * the hub counts each once.
 */
it.each(["pglite", "postgres"] as const)(
  "loses and doubles nothing when the station is killed, with %s",
  async (kind) => {
    const pair = await makePair();
    if (kind === "postgres") await onPostgres(pair);
    const hub = await pair.startHub();
    let station: RunningApp = await pair.startStation();
    const acknowledged = new Set<string>();
    let asked = 0;
    for (let kill = 0; kill < kills[kind]; kill += 1) {
      const unanswered: string[] = [];
      const killing = new AbortController();
      const patient = async () => {
        while (!killing.signal.aborted) {
          const key = randomUUID();
          asked += 1;
          try {
            acknowledged.add((await askForCare(pair.stationUrl, ana, key)).caseNumber);
          } catch {
            unanswered.push(key);
            return;
          }
        }
      };
      const patients = [patient(), patient()];
      // The moment is random between the first byte of a request and several whole ones.
      await new Promise((resolve) => setTimeout(resolve, randomInt(1, 90)));
      await station.kill();
      killing.abort();
      await Promise.all(patients);
      station = await pair.startStation();
      for (const key of unanswered) acknowledged.add((await askForCare(pair.stationUrl, ana, key)).caseNumber);
    }
    expect(asked).toBeGreaterThan(kills[kind]);
    expect(acknowledged.size).toBe(asked);

    const clinician = await signIn(pair.stationUrl, account(pair.stationSecrets, "coordinator"));
    const kept = new Set<string>();
    let next: string | undefined = "";
    while (next !== undefined) {
      const page: { cases: { caseNumber: string }[]; next?: string } = await clinician.get(
        `/api/cases?status=open${next === "" ? "" : `&cursor=${encodeURIComponent(next)}`}`,
      );
      for (const one of page.cases) {
        expect(kept.has(one.caseNumber)).toBe(false);
        kept.add(one.caseNumber);
      }
      next = page.next;
    }
    expect(kept).toEqual(acknowledged);

    const operator = await signIn(pair.hubUrl, account(pair.hubSecrets, "operator"));
    const { station: seen } = await fleetUntil(pair.hubUrl, operator, (one) => one.opened >= acknowledged.size, 60_000);
    expect(seen.opened).toBe(acknowledged.size);
    await station.stop();
    await hub.stop();
  },
  400_000,
);
