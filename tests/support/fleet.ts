import type { SignedIn } from "./patients.ts";

export interface FleetStation {
  readonly node: string;
  readonly status: "healthy" | "late" | "down" | "never";
  readonly opened: number;
  readonly closed: number;
  readonly pendingEvents: number;
  readonly lagMs: number;
}

/**
 * Listens to the hub's fleet events until a station is as wanted. Answers it with the moment
 * (`performance.now()`). Nothing polls: the hub tells.
 */
export async function fleetUntil(
  hubUrl: string,
  operator: SignedIn,
  wanted: (station: FleetStation) => boolean,
  within = 15_000,
): Promise<{ station: FleetStation; at: number }> {
  const abort = AbortSignal.timeout(within);
  const response = await fetch(`${hubUrl}/api/fleet/events`, { headers: { cookie: operator.cookie }, signal: abort });
  if (!response.ok || response.body === null) throw new Error(`fleet events: ${response.status}`);
  return stationIn(response.body.pipeThrough(new TextDecoderStream()), wanted, within);
}

/** The same in events that come by another way. */
export async function stationIn(
  events: AsyncIterable<string>,
  wanted: (station: FleetStation) => boolean,
  within: number,
): Promise<{ station: FleetStation; at: number }> {
  let text = "";
  let last: unknown;
  try {
    for await (const chunk of events) {
      text += chunk;
      const whole = text.split("\n\n");
      text = whole.pop() ?? "";
      for (const event of whole) {
        const data = event.split("\n").find((line) => line.startsWith("data:"));
        if (data === undefined) continue;
        const { stations } = JSON.parse(data.slice(5)) as { stations: FleetStation[] };
        last = stations;
        const station = stations.find(wanted);
        if (station !== undefined) return { station, at: performance.now() };
      }
    }
  } catch (error) {
    throw new Error(`the fleet did not become as wanted within ${within} ms; it was ${JSON.stringify(last)}`, { cause: error });
  }
  throw new Error("the hub ended its events");
}
