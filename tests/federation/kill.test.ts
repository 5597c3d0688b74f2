import { randomInt, randomUUID } from "node:crypto";
import { expect, it } from "vitest";
import { fleetUntil } from "../support/fleet.ts";
import { makePair, type RunningApp } from "../support/nodes.ts";
import { account, ana, askForCare, signIn } from "../support/patients.ts";

const kills = 50;

/**
 * SIGKILL at random moments while cases are opened. A case that was acknowledged is there
 * afterwards; one whose answer was lost is asked for again with its key and is there once;
 * the hub counts each once.
 */
it(`loses and doubles nothing when the station is killed ${kills} times`, async () => {
  const pair = await makePair();
  const hub = await pair.startHub();
  let station: RunningApp = await pair.startStation();
  const acknowledged = new Set<string>();
  let asked = 0;
  for (let kill = 0; kill < kills; kill += 1) {
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
  expect(asked).toBeGreaterThan(kills);
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
}, 400_000);
