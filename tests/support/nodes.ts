import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { writeConfigs } from "../../apps/kit/src/local/configs.ts";
import { openDataFolder } from "../../apps/kit/src/local/data-folder.ts";
import { layout } from "../../apps/kit/src/local/layout.ts";
import { type PlannedNode, planNodes } from "../../apps/kit/src/local/plan.ts";
import {
  type NodeSecrets,
  invitationFile,
  nodeSecrets,
  writeInvitation,
  writeInvitations,
} from "../../apps/kit/src/local/secrets.ts";
import { freePortBase, root } from "./local.ts";

/** A hub and one station as separate processes that a test starts, kills and starts again, configured by the kit. */
export interface Pair {
  readonly data: string;
  readonly hubUrl: string;
  readonly stationUrl: string;
  readonly hubData: string;
  readonly stationData: string;
  readonly stationConfig: string;
  readonly hubSecrets: NodeSecrets;
  readonly stationSecrets: NodeSecrets;
  startHub(): Promise<RunningApp>;
  startStation(): Promise<RunningApp>;
  /** Lets the station reach the hub at another address: a proxy that listens, delays or cuts. */
  hubAt(url: string): void;
}

export interface RunningApp {
  readonly process: ChildProcess;
  readonly output: () => string;
  /** SIGKILL: the process gets no chance to tidy up. */
  kill(): Promise<void>;
  /** SIGTERM, in order. */
  stop(): Promise<void>;
}

export async function makePair(): Promise<Pair> {
  const data = await mkdtemp(join(tmpdir(), "yizhan-pair-"));
  const paths = layout(data);
  await openDataFolder(paths);
  const options = { host: "127.0.0.1", regions: join(root, "regions"), models: join(root, ".yizhan/models") };
  const [hub, station] = (await planNodes(options.regions, ["CN", "MZ"], await freePortBase())) as [PlannedNode, PlannedNode];
  const hubSecrets = await nodeSecrets(paths, hub);
  const stationSecrets = await nodeSecrets(paths, station);
  const invitations = await writeInvitations(paths, hub, [station]);
  const [hubPlan] = await writeConfigs(paths, options, hub, hubSecrets, { hub, invitations });
  const [, stationPlan] = await writeConfigs(paths, options, station, stationSecrets, { hub, invitations: undefined });
  if (hubPlan === undefined || stationPlan === undefined) throw new Error("no plans");
  let hubUrl = hubPlan.url;
  return {
    data,
    hubUrl: hubPlan.url,
    stationUrl: stationPlan.url,
    hubData: paths.node("CN").directory,
    stationData: paths.node("MZ").directory,
    stationConfig: stationPlan.config,
    hubSecrets,
    stationSecrets,
    hubAt: (url) => (hubUrl = url),
    startHub: () => startApp(hubPlan.main, hubPlan.config),
    async startStation() {
      await writeInvitation(paths, hub, hubUrl, station);
      return startApp(stationPlan.main, stationPlan.config);
    },
  };
}

/** Changes keys of a node's configuration file before it starts. */
export async function reconfigure(config: string, changes: Readonly<Record<string, unknown>>): Promise<void> {
  await writeFile(config, JSON.stringify({ ...(JSON.parse(await readFile(config, "utf8")) as object), ...changes }), {
    mode: 0o600,
  });
}

export { invitationFile };

export async function startApp(main: string, config: string): Promise<RunningApp> {
  const child = fork(main, [], {
    env: { PATH: process.env.PATH, YIZHAN_CONFIG: config },
    execArgv: ["--disable-warning=ExperimentalWarning"],
    stdio: ["ignore", "pipe", "pipe", "ipc"],
  });
  let output = "";
  child.stdout?.on("data", (chunk: Buffer) => (output += chunk));
  child.stderr?.on("data", (chunk: Buffer) => (output += chunk));
  const exited = once(child, "exit");
  const ready = new Promise<void>((resolve) => child.on("message", () => resolve()));
  await Promise.race([
    ready,
    exited.then(([code]) => {
      throw new Error(`${main} ended (${code}) before it was ready:\n${output}`);
    }),
  ]);
  const end = async (signal: NodeJS.Signals) => {
    if (child.exitCode === null && child.signalCode === null) child.kill(signal);
    await exited;
  };
  return { process: child, output: () => output, kill: () => end("SIGKILL"), stop: () => end("SIGTERM") };
}
