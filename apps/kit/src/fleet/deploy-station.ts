import type { StackPlace } from "@yizhan/infra";
import { z } from "zod";
import { KitError } from "../errors.ts";
import type { Text } from "../text.ts";
import { callSentences, type Calls, checkCalls } from "./calls.ts";
import { runDirect } from "./direct.ts";
import { infra, needEngine } from "./engine.ts";
import type { Stage } from "./failure.ts";
import { hostVerb, type HostEvent } from "./host-verb.ts";
import { askHost, judgeHost } from "./preflight.ts";
import type { Progress, ReleaseTools } from "./release-tools.ts";
import { judgeResidency } from "./residency.ts";
import { openHost, type RemoteHost } from "./ssh.ts";
import { undividedSize } from "./several-machines.ts";
import { stackInput } from "./stack-input.ts";
import type { Station } from "./stations.ts";

export interface DeployOptions {
  readonly fleet: string;
  readonly tools: ReleaseTools;
  /** Absent: without Pulumi's engine. */
  readonly place?: StackPlace;
  readonly text: Text;
  readonly say: (line: string) => void;
  /** Told as the work goes on: what a failure leaves follows from it. */
  readonly reached: (stage: Stage) => void;
  readonly signal?: AbortSignal;
}

export interface Deployed {
  readonly release: string;
  readonly digest: string;
  /** What was changed on the host; empty the second time. */
  readonly changed: readonly string[];
  /** The station's own words on its health. */
  readonly health: unknown;
  /** A call for three and the relay, asked from here; absent where the station holds no calls. */
  readonly calls: Calls | undefined;
}

const sealedSchema = z.object({ sealed: z.boolean().optional() });

/** From a site file to a running station; done twice, the second changes nothing. */
export async function deployStation(station: Station, options: DeployOptions): Promise<Deployed> {
  const refused = [...(await judgeResidency(station)).refused, ...undividedSize(station)];
  if (refused.length > 0) throw new KitError("plan-refused", { country: station.country, reasons: refused.join("; ") });
  return station.site.target.kind === "debian" ? onHost(station, options) : onAws(station, options);
}

async function onHost(station: Station, options: DeployOptions): Promise<Deployed> {
  const { tools, text, say } = options;
  const host = await stationHost(options.fleet, station);
  try {
    const faults = judgeHost(await askHost(host), station.site.size, Date.now() / 1000);
    if (faults.length > 0) {
      const list = faults.map((fault) => text(`preflight.${fault.code}`, fault.values)).join("; ");
      throw new KitError("preflight-failed", { host: host.target.host, list });
    }
    const progress = (key: string) =>
      said((one: Progress) => text(key, { done: one.done, total: one.total, item: one.item }), say);
    const prepared = await tools.prepare(station, progress("fleet.preparing"));
    options.reached("sent");
    await tools.push(host, prepared, progress("fleet.sending"));
    options.reached("applied");
    const input = stackInput(options.fleet, station, prepared);
    const changed =
      options.place === undefined ? await direct(input, host, options) : await withEngine(input, options.place, options);
    const health = await hostVerb(host, "status");
    const sealed = sealedSchema.safeParse(health.result).data?.sealed === true;
    if (sealed) say(text("unseal.needed", { country: station.country }));
    return {
      release: prepared.release,
      digest: prepared.digest,
      changed,
      health: health.result,
      // Nobody is let into a call by a station that waits for its root.
      calls: sealed ? undefined : await callsFromHere(station, options, host, 60_000),
    };
  } finally {
    await host.close();
  }
}

async function onAws(station: Station, options: DeployOptions): Promise<Deployed> {
  if (options.place === undefined) throw new KitError("engine-needed", { country: station.country });
  const prepared = await options.tools.prepare(station, () => undefined);
  options.reached("applied");
  const changed = await withEngine(stackInput(options.fleet, station, prepared), options.place, options);
  return {
    release: prepared.release,
    digest: prepared.digest,
    changed,
    health: undefined,
    calls: await callsFromHere(station, options),
  };
}

async function direct(
  input: ReturnType<typeof stackInput>,
  host: RemoteHost,
  { say, text, signal }: DeployOptions,
): Promise<string[]> {
  const onEvent = (event: HostEvent) => {
    const line = eventLine(event, text);
    if (line !== undefined) say(line);
  };
  return (await runDirect(input, host, { onEvent, ...(signal === undefined ? {} : { signal }) })).changed;
}

async function withEngine(
  input: ReturnType<typeof stackInput>,
  place: StackPlace,
  { say, text, signal }: DeployOptions,
): Promise<string[]> {
  const { CountryStack } = await infra();
  const stack = await CountryStack.open(await needEngine(say, text), place, input);
  const changed: string[] = [];
  await stack.up({
    ...(signal === undefined ? {} : { signal }),
    onStep: ({ name, operation, state }) => {
      if (state === "done") changed.push(`${operation} ${name}`);
      say(text(`fleet.step.${state}`, { name, operation }));
    },
  });
  return changed;
}

/** A host's own line of progress in the operator's language, or undefined where it is not worth one. */
export function eventLine(event: HostEvent, text: Text): string | undefined {
  if (event.type === "step" && event.state === "started") return text("fleet.host-step", { step: event.step });
  if (event.type === "note") return event.text;
  return undefined;
}

export function stationHost(fleet: string, station: Station): Promise<RemoteHost> {
  const { target } = stackInput(fleet, station, { release: "", digest: "", fingerprint: "", inbox: [] });
  if (target.kind !== "debian") throw new KitError("host-by-session", { country: station.country });
  return openHost(target);
}

/** Asks, and says what came of it. */
export async function callsFromHere(
  { site }: Station,
  { text, say }: Pick<DeployOptions, "text" | "say">,
  host?: RemoteHost,
  patienceMs?: number,
): Promise<Calls | undefined> {
  if (site.jitsi !== false) say(text("calls.asking"));
  const calls = await checkCalls(site, host, patienceMs);
  if (calls !== undefined) for (const sentence of callSentences(site, calls, text)) say(sentence);
  return calls;
}

/** No more than a line for each new item: a progress of gigabytes is not a flood. */
function said<T extends Progress>(line: (one: T) => string, say: (line: string) => void): (one: T) => void {
  let last = "";
  return (one) => {
    if (one.item === last) return;
    last = one.item;
    say(line(one));
  };
}
