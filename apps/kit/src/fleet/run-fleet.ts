import Table from "cli-table3";
import type { Text } from "../text.ts";
import { eachCountry, type Entry, type NotReached } from "./each.ts";
import { type Failure, failureOf, type Stage } from "./failure.ts";
import { type FleetFolder, openFleet } from "./fleet-folder.ts";
import { chosenCountries, openStation, type Station } from "./stations.ts";
import { parseWaves } from "./waves.ts";

/** What every command of the fleet takes. */
export interface FleetOptions {
  readonly fleet: string;
  readonly all?: boolean;
  readonly json?: boolean;
  readonly wave?: string;
}

export interface CountryWork {
  readonly fleet: FleetFolder;
  readonly say: (line: string) => void;
  readonly reached: (stage: Stage) => void;
}

export interface FleetCommand<T extends object> {
  /** Whether a country without a site file may be planned with its country file's hosting. */
  readonly madeUp: boolean;
  readonly together: number;
  readonly first: Stage;
  work(station: Station, tools: CountryWork): Promise<Entry<T>>;
  readonly columns: readonly string[];
  row(entry: Entry<T>): readonly (string | number)[];
}

export type FleetEntry<T extends object> = Entry<T | NotReached | { error: Failure }>;

/**
 * Does a command for the countries named, or for all, wave by wave. Prints a table, or with `--json` an array with one
 * entry for each country; sets the exit code to 1 where not every one of them is well.
 */
export async function runFleet<T extends object>(
  given: readonly string[],
  options: FleetOptions,
  command: FleetCommand<T>,
  text: Text,
): Promise<FleetEntry<T>[]> {
  const fleet = await openFleet(options.fleet);
  const waves = parseWaves(options.wave ?? "rest");
  const countries = await chosenCountries(fleet, given, { all: options.all === true, anywhere: command.madeUp });
  const entries = await eachCountry<T | { error: Failure }>(
    countries,
    {
      waves,
      together: command.together,
      onWave: (wave, index) => {
        if (options.wave !== undefined) console.error(text("fleet.wave", { number: index + 1, countries: wave.join(" ") }));
      },
    },
    async (country) => {
      let stage: Stage = command.first;
      try {
        const station = await openStation(fleet, country, { madeUp: command.madeUp });
        return await command.work(station, {
          fleet,
          say: (line) => console.error(`${country}  ${line}`),
          reached: (next) => (stage = next),
        });
      } catch (error) {
        return { country, ok: false, error: failureOf(error, stage, text) };
      }
    },
  );
  print(entries, options.json === true, command, text);
  if (entries.some((entry) => !entry.ok)) process.exitCode = 1;
  return entries;
}

function print<T extends object>(entries: readonly FleetEntry<T>[], json: boolean, command: FleetCommand<T>, text: Text): void {
  if (json) {
    console.log(JSON.stringify(entries, null, 2));
    return;
  }
  const table = new Table({
    head: ["country", ...command.columns].map((column) => text(`fleet.column.${column}`)),
    style: { head: [], border: [], compact: true },
  });
  const width = command.columns.length;
  for (const entry of entries) {
    if ("error" in entry)
      table.push([entry.country, { colSpan: width, content: `${text("fleet.failed")}: ${entry.error.message}` }]);
    else if ("notReached" in entry) table.push([entry.country, { colSpan: width, content: text("fleet.not-reached") }]);
    else table.push([entry.country, ...command.row(entry)]);
  }
  console.log(table.toString());
  for (const entry of entries) {
    if (!("error" in entry)) continue;
    console.error(`\n${entry.country}: ${entry.error.message}\n${entry.error.left}\n${entry.error.remedy}`);
  }
}
