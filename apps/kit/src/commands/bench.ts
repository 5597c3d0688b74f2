import { availableParallelism, cpus, loadavg } from "node:os";
import { join } from "node:path";
import { benchLocale } from "@yizhan/locale/bench";
import { judge, loadLawPack, loadRegions, violations } from "@yizhan/region";
import { loadCases, scoreCases } from "@yizhan/terms/bench";
import { benchVault } from "@yizhan/vault/bench";
import Table from "cli-table3";
import { execa } from "execa";
import { childEnvironment, root } from "../environment.ts";
import { KitError } from "../errors.ts";
import { openFleet } from "../fleet/fleet-folder.ts";
import { planHolds, planStation } from "../fleet/plan-station.ts";
import { openStation, regionsFolder } from "../fleet/stations.ts";
import type { Text } from "../text.ts";

type Row = Readonly<Record<string, string | number>>;

const parts: Readonly<Record<string, (more: readonly string[]) => Promise<readonly Row[]>>> = { vault, store, terms, fleet };

export const benchParts = [...Object.keys(parts), "speech"];

/**
 * `yizhan bench vault|store|terms|fleet|speech [--json]`: figures with the machine they were taken on. `more` is for the benches
 * of the speech service and of the station.
 */
export async function bench(part: string, more: readonly string[], options: { json?: boolean }, text: Text): Promise<void> {
  if (part === "speech") return speech([...(options.json === true ? ["--json"] : []), ...more]);
  if (more.length > 0 && part !== "store") throw new KitError("invalid-argument", { argument: more.join(" ") });
  const measure = parts[part];
  if (measure === undefined) throw new KitError("invalid-argument", { argument: part });
  const machine = { processor: cpus()[0]?.model ?? "", cores: availableParallelism(), load: Number(loadavg()[0]?.toFixed(1)) };
  const rows = await measure(more);
  if (options.json === true) {
    console.log(JSON.stringify({ part, machine, rows }, null, 2));
    return;
  }
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))];
  const table = new Table({ head: columns, style: { head: [], border: [] } });
  for (const row of rows) table.push(columns.map((column) => row[column] ?? ""));
  console.log(table.toString());
  console.log(text("bench.machine", machine));
}

async function vault(): Promise<Row[]> {
  const figures = await benchVault();
  return Object.entries(figures).map(([what, value]: [string, number]) => ({ what, value: Math.round(value * 100) / 100 }));
}

/** A station asked over HTTP, with sealing and without, on both databases and at two sizes: some minutes. */
async function store(more: readonly string[]): Promise<Row[]> {
  const result = await execa(process.execPath, [join(root, "apps/station/src/bench/main.ts"), ...more], {
    cwd: root,
    env: childEnvironment(),
    extendEnv: false,
    stdio: ["ignore", "pipe", "inherit"],
    reject: false,
  });
  if (result.exitCode !== 0) throw new KitError("step-failed", { step: "bench store" });
  return JSON.parse(result.stdout) as Row[];
}

async function terms(): Promise<Row[]> {
  const cases = loadCases();
  return [true, false].map((heldOut) => {
    const score = scoreCases(cases.filter((one) => one.heldOut === heldOut));
    return {
      set: heldOut ? "held out" : "known",
      cases: score.cases,
      "silent critical errors %": score.silentCritical,
      "false flags %": score.falseFlags,
      "named rightly %": score.named,
      "ms a pair": Number(score.msPerPair.toFixed(2)),
    };
  });
}

/**
 * Every country file judged against its law; then every country planned: law, bundle, program, rules, cost, with no
 * host and no cloud. Then sentences looked up and filled in, plurals among them.
 */
async function fleet(): Promise<Row[]> {
  const started = performance.now();
  const regions = await loadRegions(regionsFolder);
  let broken = 0;
  for (const region of regions) broken += violations(judge(region, await loadLawPack(regionsFolder, region.law))).length;
  const checked = performance.now();
  const empty = await openFleet(join(root, "fleet-of-the-bench"));
  let hold = 0;
  for (const { code } of regions) {
    const station = await openStation(empty, code, { madeUp: true });
    if (planHolds(await planStation(empty.path, station, { reach: false }))) hold += 1;
  }
  return [
    {
      countries: regions.length,
      violations: broken,
      "check of all, ms": Math.round(checked - started),
      "plans that hold": hold,
      "plan of all, ms": Math.round(performance.now() - checked),
      "sentences a second": (await benchLocale()).perSecond,
    },
  ];
}

/** The speech service's own bench, as a process of its own: it measures processor time and memory. */
async function speech(more: readonly string[]): Promise<void> {
  const result = await execa(process.execPath, [join(root, "apps/speech/src/bench/main.ts"), ...more], {
    cwd: root,
    env: childEnvironment(),
    extendEnv: false,
    stdio: ["ignore", "inherit", "inherit"],
    reject: false,
  });
  if (result.exitCode !== 0) throw new KitError("step-failed", { step: "bench speech" });
}
