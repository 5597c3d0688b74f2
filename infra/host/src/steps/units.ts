import type { Context } from "../context.ts";
import type { Bundle, Unit } from "../bundle.ts";
import { noteChange } from "../context.ts";
import { attempt, run } from "../shell.ts";
import { paths } from "../paths.ts";

export interface UnitState {
  readonly active: string;
  readonly enabled: string;
  /** As it should be: running, or for a unit that runs once and ends, ended well. */
  readonly well: boolean;
  /** Drop-ins, so that a hand-made one is seen. */
  readonly dropIns: readonly string[];
}

export async function unitState(name: string): Promise<UnitState> {
  const { stdout } = await attempt("systemctl", [
    "show",
    name,
    "-p",
    "ActiveState,DropInPaths,Type,RemainAfterExit,Result,ExecMainStartTimestampMonotonic,ConditionResult,ConditionTimestampMonotonic",
  ]);
  const values = new Map(stdout.split("\n").map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)]));
  const active = values.get("ActiveState") ?? "unknown";
  const once = values.get("Type") === "oneshot" && values.get("RemainAfterExit") === "no";
  const ran = values.get("Result") === "success" && values.get("ExecMainStartTimestampMonotonic") !== "0";
  // A unit that this machine is not for (a clock inside a container): systemd left it out by its own conditions.
  const notForHere =
    active === "inactive" && values.get("ConditionResult") === "no" && values.get("ConditionTimestampMonotonic") !== "0";
  return {
    active,
    // Asked apart: what systemd holds in memory does not know of a link that was removed by hand.
    enabled: (await attempt("systemctl", ["is-enabled", name])).stdout.trim(),
    well: active === "active" || active === "activating" || (once && ran && active === "inactive") || notForHere,
    dropIns: (values.get("DropInPaths") ?? "").split(" ").filter((path) => path !== ""),
  };
}

/** Starts, restarts or reloads exactly the units that what changed concerns. */
export async function bringUnits(context: Context): Promise<void> {
  const { bundle, changed } = context;
  if ([...changed].some((path) => path.startsWith("/etc/systemd/"))) await run("systemctl", ["daemon-reload"]);
  for (const unit of bundle.units) {
    const state = await unitState(unit.name);
    if (unit.enable && isDisabled(state.enabled)) {
      await run("systemctl", ["enable", "--quiet", unit.name]);
      noteChange(context, `unit:${unit.name}`, `${unit.name} enabled`);
    }
    if (!unit.start) continue;
    const concerned = concerns(unit, changed);
    if (!state.well) await act(context, "start", unit.name, "started");
    else if (concerned && unit.reload) await act(context, "reload-or-restart", unit.name, "reloaded");
    else if (concerned) await act(context, "restart", unit.name, "restarted");
  }
}

/** Starts what comes once the host is well, such as asking an authority for a certificate; answers what failed. */
export async function failedAfterwards({ afterwards }: Bundle): Promise<string[]> {
  const failed: string[] = [];
  for (const name of afterwards) if ((await attempt("systemctl", ["start", name])).code !== 0) failed.push(name);
  return failed;
}

/** Instances and units without an install section are neither. */
export function isDisabled(enabled: string): boolean {
  return ["disabled", "masked", "masked-runtime", "not-found", ""].includes(enabled);
}

function concerns(unit: Unit, changed: ReadonlySet<string>): boolean {
  const own = [`/etc/systemd/system/${unit.name}`, ...unit.restartWhen];
  if (own.some((path) => changed.has(path) || [...changed].some((one) => one.startsWith(`${path}/`)))) return true;
  return unit.name.startsWith("yizhan-") && changed.has(paths.current);
}

async function act(context: Context, verb: string, name: string, done: string): Promise<void> {
  // A unit that failed too often is given another chance by hand.
  await attempt("systemctl", ["reset-failed", name]);
  await run("systemctl", [verb, name]);
  noteChange(context, `unit:${name}`, `${name} ${done}`);
}
