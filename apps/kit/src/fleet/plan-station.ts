import { renderBundle } from "@yizhan/bundle";
import type { Changes, MonthlyCost, StackPlace } from "@yizhan/infra";
import { infra, needEngine } from "./engine.ts";
import { askHost, judgeHost, type PreflightFault } from "./preflight.ts";
import type { Prepared } from "./release-tools.ts";
import { judgeResidency } from "./residency.ts";
import { machinesOf } from "./machines.ts";
import { undividedSize } from "./several-machines.ts";
import { openHost, type SshTarget } from "./ssh.ts";
import { stackInput } from "./stack-input.ts";
import type { Station } from "./stations.ts";

/** What is known before anything is made or sent. */
export interface StationPlan {
  readonly madeUp: boolean;
  readonly size: string;
  /** `debian mz.example.org` or `aws af-south-1`. */
  readonly where: string;
  /** Empty: the law pack lets it stand there, and the size can be made there. */
  readonly refused: readonly string[];
  /** Flows that the law pack refuses and a named person answers for. */
  readonly overridden: readonly string[];
  readonly unverified: number;
  /** Rules of the infrastructure that do not hold; empty for a sound program. */
  readonly broken: readonly string[];
  /** How many resources the program asks for. */
  readonly resources: number;
  /** Files the bundle has, and its digest; absent where the plan is refused. */
  readonly files: number | undefined;
  readonly digest: string | undefined;
  /** Absent for the operator's own server, and where the price list has no price. */
  readonly cost: MonthlyCost | undefined;
  /** What the host lacks; absent where it was not asked. */
  readonly preflight: readonly PreflightFault[] | undefined;
  /** Its further machines, each as it would be and as it was found. */
  readonly machines: readonly MachinePlan[];
  /** What Pulumi would change; absent without an engine. */
  readonly changes: Changes | undefined;
}

export interface MachinePlan {
  readonly address: string;
  readonly role: "speech";
  readonly files: number;
  readonly digest: string;
  readonly preflight: readonly PreflightFault[] | undefined;
}

export interface PlanOptions {
  /** Asks the host itself. */
  readonly reach: boolean;
  /** Asks Pulumi too, against its state. */
  readonly preview?: { readonly place: StackPlace; readonly prepared: Prepared };
}

/** Whether a plan may be carried out. */
export const planHolds = (plan: StationPlan): boolean =>
  plan.refused.length === 0 &&
  plan.broken.length === 0 &&
  [plan, ...plan.machines].every((one) => (one.preflight ?? []).length === 0);

export async function planStation(fleet: string, station: Station, options: PlanOptions): Promise<StationPlan> {
  const { brokenRules, monthlyCost, recordProgram } = await infra();
  const { site, madeUp } = station;
  const { target } = site;
  const residency = await judgeResidency(station);
  const refused = [...residency.refused, ...undividedSize(station)];
  const plan = {
    madeUp,
    size: site.size,
    where: target.kind === "aws" ? `aws ${target.region}` : `debian ${target.host}`,
    refused,
    overridden: residency.overridden,
    unverified: residency.unverified.length,
    cost: target.kind === "aws" ? monthlyCost(target.region, site.size) : undefined,
  };
  // What is refused is not asked of Pulumi nor of a host.
  if (refused.length > 0) {
    const none = { files: undefined, digest: undefined, preflight: undefined, changes: undefined };
    return { ...plan, ...none, broken: [], resources: 0, machines: [] };
  }
  const bundle = renderBundle({ region: station.region, site, release: recorded.release });
  const input = stackInput(fleet, station, options.preview?.prepared ?? recorded);
  const asked = await recordProgram(input);
  const preflight = options.reach && !madeUp && target.kind === "debian" ? await reach(fleet, station) : undefined;
  return {
    ...plan,
    files: bundle.files.length,
    digest: bundle.digest,
    broken: brokenRules(input, asked),
    resources: asked.filter((one) => one.custom).length,
    preflight,
    machines: await planMachines(fleet, station, options),
    changes: options.preview === undefined ? undefined : await changes(options.preview.place, input),
  };
}

/** Stands for a release that is not made yet: a plan needs its steps, not its bytes. */
const recorded: Prepared = {
  release: "planned",
  digest: "0".repeat(64),
  fingerprint: "planned",
  inbox: [{ from: "/dev/null", to: "/var/lib/yizhan/host/inbox/manifest.json" }],
  archive: { file: "/dev/null", sha256: "0".repeat(64) },
};

async function planMachines(fleet: string, station: Station, { reach: asked }: PlanOptions): Promise<MachinePlan[]> {
  const targets = machinesOf(fleet, station);
  if (targets.length === 0) return [];
  const { region, site } = station;
  const { files, digest } = renderBundle({ region, site, release: recorded.release, role: "speech" });
  return Promise.all(
    targets.map(async (target) => ({
      address: target.host,
      role: "speech" as const,
      files: files.length,
      digest,
      preflight: asked ? await faultsOf(target, "clinic") : undefined,
    })),
  );
}

async function reach(fleet: string, station: Station): Promise<PreflightFault[]> {
  const { target } = stackInput(fleet, station, recorded);
  if (target.kind !== "debian") return [];
  return faultsOf(target, station.site.size);
}

async function faultsOf(target: SshTarget, size: Station["site"]["size"]): Promise<PreflightFault[]> {
  const host = await openHost(target);
  try {
    return judgeHost(await askHost(host), size, Date.now() / 1000);
  } finally {
    await host.close();
  }
}

async function changes(place: StackPlace, input: ReturnType<typeof stackInput>): Promise<Changes> {
  const { CountryStack } = await infra();
  const engine = await needEngine(
    () => undefined,
    (key) => key,
  );
  return (await CountryStack.open(engine, place, input)).preview();
}
