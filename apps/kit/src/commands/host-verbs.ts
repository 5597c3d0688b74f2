import { z } from "zod";
import type { Calls } from "../fleet/calls.ts";
import { callsFromHere, saying, stationHost } from "../fleet/deploy-station.ts";
import { hostVerb, type Verb, type VerbOptions } from "../fleet/host-verb.ts";
import { eachMachine, handTo, machineLine, type MachineEntry, madeByStation } from "../fleet/machines.ts";
import { type FleetOptions, runFleet } from "../fleet/run-fleet.ts";
import type { RemoteHost } from "../fleet/ssh.ts";
import type { Text } from "../text.ts";

interface Asked {
  readonly changed: readonly string[];
  /** The installer's own answer. */
  readonly result: unknown;
  /** Where it was asked for, and the station holds calls. */
  readonly calls?: Calls | undefined;
  /** Its further machines, each asked the same. */
  readonly machines?: readonly MachineEntry<AskedMachine>[];
}

interface AskedMachine extends Pick<Asked, "changed" | "result"> {
  readonly ok: boolean;
}

const healthSchema = z.object({ healthy: z.boolean() });

/** How each verb is asked of every host, and when its answer is a good one. */
interface VerbCommand extends Pick<VerbOptions, "accept" | "parameters"> {
  readonly verb: Verb;
  /** `drift` answers 16 where something differs: an answer, and not well. */
  readonly wellOn: readonly number[];
  /** And of a further machine: one that was added since has nothing to go back to, and stays as it is. */
  readonly ofMachines?: readonly number[];
  readonly first: "asked" | "applied";
}

const verbs = {
  status: { verb: "status", wellOn: [0], accept: [22], first: "asked" },
  drift: { verb: "drift", wellOn: [0], accept: [16], first: "asked" },
  rollback: { verb: "rollback", wellOn: [0], first: "applied", ofMachines: [14] },
  rotate: { verb: "rotate", wellOn: [0], first: "applied" },
} as const satisfies Record<string, VerbCommand>;

/** `yizhan status|drift|rollback|rotate MZ`: asked of the installer on the host, one after the other in a wave. */
export async function askHosts(
  name: keyof typeof verbs,
  countries: readonly string[],
  options: FleetOptions & { readonly calls?: boolean },
  text: Text,
): Promise<void> {
  const command: VerbCommand = verbs[name];
  await runFleet<Asked>(
    countries,
    options,
    {
      madeUp: false,
      together: name === "status" || name === "drift" ? 8 : 1,
      first: command.first,
      work: async (station, { fleet, say }) => {
        const host = await stationHost(fleet.path, station);
        try {
          const ask = async (
            one: RemoteHost,
            tell: (line: string) => void,
            alsoWell: readonly number[] = [],
          ): Promise<AskedMachine> => {
            const { exitCode, changed, result } = await hostVerb(one, command.verb, {
              accept: [...(command.accept ?? []), ...alsoWell],
              parameters: command.parameters ?? [],
              onEvent: saying(text, tell),
            });
            // `status` answers also of a host that is not well, or sealed: that is an answer, and not well.
            const ill = healthSchema.safeParse(result).data?.healthy === false;
            return { ok: [...command.wellOn, ...alsoWell].includes(exitCode) && !ill, changed, result };
          };
          const asked = await ask(host, say);
          const handed = name === "rotate" && station.site.machines !== undefined ? await madeByStation(host) : undefined;
          const machines = await eachMachine(fleet.path, station, text, (machine) => {
            const tell = (line: string) => say(`${machine.target.host}  ${line}`);
            // They have no secrets of their own: what the station made anew is brought to them.
            return handed === undefined ? ask(machine, tell, command.ofMachines) : handTo(machine, handed, saying(text, tell));
          });
          const calls = options.calls === true ? { calls: await callsFromHere(station, { say, text }, host) } : {};
          const ok = asked.ok && machines.every((one) => one.ok) && calls.calls?.ok !== false;
          return { country: station.country, ...asked, ok, ...calls, ...(machines.length === 0 ? {} : { machines }) };
        } finally {
          await host.close();
        }
      },
      columns: ["state", "says"],
      row: (one) => [
        text(one.ok ? `${name}.well` : `${name}.not-well`),
        [
          shortly(one.result),
          ...(one.machines ?? []).map((machine) =>
            "error" in machine
              ? machineLine(machine)
              : `${machine.address}: ${text(machine.ok ? `${name}.well` : `${name}.not-well`)}`,
          ),
        ].join("\n"),
      ],
    },
    text,
  );
}

/** An answer in a cell: names and states, never more than a few lines. */
function shortly(result: unknown): string {
  if (Array.isArray(result)) return result.length === 0 ? "—" : result.slice(0, 12).map(oneLine).join("\n");
  if (typeof result !== "object" || result === null) return String(result ?? "—");
  return Object.entries(result)
    .slice(0, 12)
    .map(([key, value]) => `${key}: ${oneLine(value)}`)
    .join("\n");
}

function oneLine(value: unknown): string {
  const line = typeof value === "string" ? value : JSON.stringify(value);
  return line.length > 80 ? `${line.slice(0, 79)}…` : line;
}
