import { type Command, InvalidArgumentError } from "commander";
import { defaultFleet } from "../environment.ts";
import type { Text } from "../text.ts";
import { askHosts } from "./host-verbs.ts";
import { create } from "./new.ts";
import { plan } from "./plan.ts";

/** The options that every command of the fleet has. */
export function fleetOptions(command: Command, text: Text): Command {
  return command
    .option("--fleet <dir>", text("fleet.option.fleet"), defaultFleet())
    .option("--all", text("fleet.option.all"))
    .option("--wave <numbers>", text("fleet.option.wave"))
    .option("--json", text("option.json"));
}

const port = (value: string): number => {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > 65_535) throw new InvalidArgumentError("1 – 65535");
  return number;
};

/** `new`, `plan`, `drift`, `rollback`, `rotate`. */
export function fleetCommands(yizhan: Command, text: Text): void {
  yizhan
    .command("new")
    .description(text("new.about"))
    .argument("<country>")
    .option("--fleet <dir>", text("fleet.option.fleet"), defaultFleet())
    .option("--size <size>", "clinic | district | national")
    .option("--host <name>", text("new.option.host"))
    .option("--port <port>", text("new.option.port"), port, 22)
    .option("--user <name>", text("new.option.user"), "root")
    .option("--identity <file>", text("new.option.identity"))
    .option("--host-key <key>", text("new.option.host-key"))
    .option("--fingerprint <sha256>", text("new.option.fingerprint"))
    .option("--aws-region <region>", text("new.option.aws-region"))
    .option("--account <digits>", text("new.option.account"))
    .option("--name <name>", text("new.option.name"))
    .option("--address <address>", text("new.option.address"))
    .option("--acme <email>", text("new.option.acme"))
    .option("--hub-url <url>", text("new.option.hub-url"))
    .option("--invitation <file>", text("new.option.invitation"))
    .option("--email <address>", text("new.option.email"))
    .option("--webhook <url>", text("new.option.webhook"))
    .option("--jitsi <dir>", text("new.option.jitsi"))
    .action((country: string, options) => create(country, options, text));
  fleetOptions(yizhan.command("plan").description(text("plan.about")).argument("[countries...]"), text)
    .option("--offline", text("plan.option.offline"))
    .action((countries: string[], options) => plan(countries, options, text));
  for (const name of ["drift", "rollback", "rotate"] as const) {
    fleetOptions(
      yizhan
        .command(name)
        .description(text(`${name}.about`))
        .argument("[countries...]"),
      text,
    ).action((countries: string[], options) => askHosts(name, countries, options, text));
  }
}
