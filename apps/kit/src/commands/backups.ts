import { type Command, InvalidArgumentError } from "commander";
import { defaultData } from "../environment.ts";
import { KitError } from "../errors.ts";
import type { Text } from "../text.ts";
import { backup, type BackupOptions } from "./backup.ts";
import { type RemoteBackupOptions, remoteBackup } from "./remote-backup.ts";
import { remoteRestore } from "./remote-restore.ts";
import { restore, type RestoreOptions } from "./restore.ts";

const count = (value: string): number => {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1) throw new InvalidArgumentError("1, 2, …");
  return number;
};

/** `yizhan backup` and `yizhan restore`: with `--fleet` on the stations' hosts, else of a station on this machine. */
export function backupCommands(yizhan: Command, text: Text): void {
  const data = [`--data <dir>`, text("up.option.data"), defaultData] as const;
  yizhan
    .command("backup")
    .description(text("backup.about"))
    .argument("[countries...]")
    .option("-o, --output <file>", text("backup.option.output"))
    .option("--keys <file>", text("backup.option.keys"))
    .option("--keep <count>", text("backup.option.keep"), count)
    .option("--config <file>", text("backup.option.config"))
    .option(...data)
    .option("--fleet <dir>", text("backup.option.fleet"))
    .option("--all", text("fleet.option.all"))
    .option("--wave <numbers>", text("fleet.option.wave"))
    .option("--json", text("option.json"))
    .action((countries: string[], options: BackupOptions & Partial<RemoteBackupOptions>) =>
      options.fleet === undefined
        ? backup(only(countries), options, text)
        : remoteBackup(countries, { ...options, fleet: options.fleet }, text),
    );
  yizhan
    .command("restore")
    .description(text("restore.about"))
    .argument("<country>")
    .argument("[file]")
    .option("--keys <file>", text("restore.option.keys"))
    .option("--tombstones <files...>", text("restore.option.tombstones"))
    .option("--copies <file>", text("restore.option.copies"))
    .option("--copy <name>", text("restore.option.copy"))
    .option("--drop-old", text("restore.option.drop-old"))
    .option("--config <file>", text("backup.option.config"))
    .option(...data)
    .option("--fleet <dir>", text("backup.option.fleet"))
    .option("--json", text("option.json"))
    .action((country: string, file: string | undefined, options: RestoreOptions & { fleet?: string; json?: boolean }) =>
      options.fleet === undefined
        ? restore(country, file, options, text)
        : remoteRestore(country, file, { ...options, fleet: options.fleet }, text),
    );
}

function only(countries: readonly string[]): string {
  const [country] = countries;
  if (country === undefined || countries.length > 1) throw new KitError("country-missing");
  return country;
}
