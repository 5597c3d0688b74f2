import { setTimeout } from "node:timers/promises";
import type { StackPlace } from "@yizhan/infra";
import { z } from "zod";
import { KitError } from "../errors.ts";
import type { Text } from "../text.ts";
import { callSentences, type Calls, checkCalls } from "./calls.ts";
import { runDirect } from "./direct.ts";
import { infra, needEngine } from "./engine.ts";
import type { Stage } from "./failure.ts";
import { hostVerb, type HostEvent, runInstaller } from "./host-verb.ts";
import { eachMachine, type MachineEntry, madeByStation } from "./machines.ts";
import { askHost, judgeHost } from "./preflight.ts";
import type { Progress, ReleaseTools } from "./release-tools.ts";
import { judgeResidency } from "./residency.ts";
import { openHost, type RemoteHost } from "./ssh.ts";
import { undividedSize } from "./several-machines.ts";
import { applyInbox, stackInput } from "./stack-input.ts";
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
  /** Its further machines; empty where it is one machine. */
  readonly machines: readonly MachineEntry<DeployedMachine>[];
}

interface DeployedMachine {
  readonly ok: boolean;
  readonly digest: string;
  readonly changed: readonly string[];
}

/** Whether all of a station runs, and is heard and seen from outside where it holds calls. */
export const isUp = ({ calls, machines, health }: Deployed): boolean =>
  calls?.ok !== false &&
  machines.every((one) => one.ok) &&
  // Of a station of several machines its own machine says whether it reaches the others; a sealed one waits for people.
  (machines.length === 0 || isSealed(health) || isWell(health));

const statusSchema = z.object({ healthy: z.boolean().optional(), sealed: z.boolean().optional() });
const isSealed = (status: unknown) => statusSchema.safeParse(status).data?.sealed === true;
const isWell = (status: unknown) => statusSchema.safeParse(status).data?.healthy === true;

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
    const prepared = await tools.prepare(station, "station", progressOf(options, "fleet.preparing"));
    options.reached("sent");
    await tools.push(host, prepared, progressOf(options, "fleet.sending"));
    options.reached("applied");
    const input = stackInput(options.fleet, station, prepared);
    const changed =
      options.place === undefined ? await direct(input, host, options) : await withEngine(input, options.place, options);
    const machines = station.site.machines === undefined ? [] : await furtherMachines(station, host, options);
    const health = await statusOf(host, machines.length > 0 && machines.every((one) => one.ok) ? 15 : 0);
    const sealed = isSealed(health);
    if (sealed) say(text("unseal.needed", { country: station.country }));
    return {
      release: prepared.release,
      digest: prepared.digest,
      changed,
      health,
      // Nobody is let into a call by a station that waits for its root.
      calls: sealed ? undefined : await callsFromHere(station, options, host, 60_000),
      machines,
    };
  } finally {
    await host.close();
  }
}

async function onAws(station: Station, options: DeployOptions): Promise<Deployed> {
  if (options.place === undefined) throw new KitError("engine-needed", { country: station.country });
  const prepared = await options.tools.prepare(station, "station", () => undefined);
  options.reached("applied");
  const changed = await withEngine(stackInput(options.fleet, station, prepared), options.place, options);
  return {
    release: prepared.release,
    digest: prepared.digest,
    changed,
    health: undefined,
    calls: await callsFromHere(station, options),
    machines: [],
  };
}

async function direct(
  input: ReturnType<typeof stackInput>,
  host: RemoteHost,
  { say, text, signal }: DeployOptions,
): Promise<string[]> {
  return (await runDirect(input, host, { onEvent: saying(text, say), ...(signal === undefined ? {} : { signal }) })).changed;
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

/**
 * A station's further machines, after the station itself: it has made what they show to each other. One that fails leaves the
 * others and the station as they are.
 */
async function furtherMachines(
  station: Station,
  host: RemoteHost,
  options: DeployOptions,
): Promise<MachineEntry<DeployedMachine>[]> {
  const { tools, text, fleet } = options;
  const prepared = await tools.prepare(station, "speech", progressOf(options, "fleet.preparing"));
  const handed = await madeByStation(host);
  return eachMachine(fleet, station, text, async (machine) => {
    const say = (line: string) => options.say(`${machine.target.host}  ${line}`);
    const faults = judgeHost(await askHost(machine), "clinic", Date.now() / 1000);
    if (faults.length > 0) {
      const list = faults.map((fault) => text(`preflight.${fault.code}`, fault.values)).join("; ");
      throw new KitError("preflight-failed", { host: machine.target.host, list });
    }
    await tools.push(machine, prepared, progressOf({ text, say }, "fleet.sending"), handed);
    const { changed } = await runInstaller(machine, applyInbox(prepared.fingerprint), {
      onEvent: saying(text, say),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    return { ok: true, digest: prepared.digest, changed };
  });
}

/** How a station says it is; asked again so often while it is not well: it looks for its machines every five seconds. */
async function statusOf(host: RemoteHost, again: number): Promise<unknown> {
  const { result } = await hostVerb(host, "status", { accept: [22] });
  if (again === 0 || isWell(result) || isSealed(result)) return result;
  await setTimeout(2_000);
  return statusOf(host, again - 1);
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

/** What the installer is at, told line by line. */
export const saying = (text: Text, say: (line: string) => void) => (event: HostEvent) => {
  const line = eventLine(event, text);
  if (line !== undefined) say(line);
};

const progressOf = ({ text, say }: Pick<DeployOptions, "text" | "say">, key: string) =>
  said((one: Progress) => text(key, { done: one.done, total: one.total, item: one.item }), say);

/** No more than a line for each new item: a progress of gigabytes is not a flood. */
function said<T extends Progress>(line: (one: T) => string, say: (line: string) => void): (one: T) => void {
  let last = "";
  return (one) => {
    if (one.item === last) return;
    last = one.item;
    say(line(one));
  };
}
