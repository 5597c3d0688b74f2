import type { StationPlan } from "../fleet/plan-station.ts";
import { planHolds, planStation } from "../fleet/plan-station.ts";
import { type FleetOptions, runFleet } from "../fleet/run-fleet.ts";
import type { Text } from "../text.ts";

export interface PlanCommandOptions extends FleetOptions {
  /** False with `--offline`: no host is asked. */
  readonly offline?: boolean;
}

/** `yizhan plan [MZ …] [--all]`: the law, the host, what would be made, what a month costs. Nothing is changed anywhere. */
export async function plan(countries: readonly string[], options: PlanCommandOptions, text: Text): Promise<void> {
  let estimated = false;
  const entries = await runFleet<StationPlan>(
    countries,
    options,
    {
      madeUp: true,
      together: 8,
      first: "judged",
      work: async (station, { fleet }) => {
        const one = await planStation(fleet.path, station, { reach: options.offline !== true });
        if (one.cost?.usd !== undefined) estimated = true;
        return { country: station.country, ok: planHolds(one), ...one };
      },
      columns: ["where", "size", "law", "host", "asks", "month"],
      row: (one) => [
        one.madeUp ? text("plan.made-up", { where: one.where }) : one.where,
        one.size,
        one.refused.length > 0
          ? text("plan.refused", { reasons: one.refused.join("; ") })
          : [
              text("plan.allowed", { unverified: one.unverified }),
              ...one.overridden.map((what) => text("plan.overridden", { what })),
            ].join("\n"),
        hostCell(one, text),
        text("plan.asks", { files: one.files ?? 0, resources: one.resources }),
        costCell(one, text),
      ],
    },
    text,
  );
  if (options.json === true) return;
  const fine = entries.filter((entry) => entry.ok).length;
  console.log(text("plan.sum", { fine, countries: entries.length }));
  if (entries.some((entry) => "madeUp" in entry && entry.madeUp)) console.log(text("plan.made-up-note"));
  if (estimated) {
    const dates = new Set(
      entries.flatMap((entry) => ("cost" in entry && entry.cost !== undefined ? [entry.cost.priceList] : [])),
    );
    console.log(text("plan.prices", { date: [...dates].join(", ") }));
  }
  console.log(text("region.not-legal-advice"));
}

function hostCell(one: StationPlan, text: Text): string {
  const machines = one.machines.map((machine) => `${machine.address}: ${found(machine, text)}`);
  return [found(one, text), ...machines].join("\n");
}

function found({ preflight }: Pick<StationPlan, "preflight">, text: Text): string {
  if (preflight === undefined) return text("plan.host-not-asked");
  return preflight.length === 0
    ? text("plan.host-fine")
    : preflight.map((fault) => text(`preflight.${fault.code}`, fault.values)).join("\n");
}

function costCell(one: StationPlan, text: Text): string {
  if (one.cost === undefined) return text("plan.own-server");
  return one.cost.usd === undefined ? text("plan.no-price") : text("plan.usd", { usd: one.cost.usd });
}
