import { type Command, InvalidArgumentError } from "commander";
import { defaultData, defaultFleet } from "../environment.ts";
import type { Text } from "../text.ts";
import { deploy } from "./deploy.ts";
import { handOver } from "./hand-over.ts";
import { askHosts } from "./host-verbs.ts";
import { inviteCommand } from "./invite.ts";
import { unsealCommand } from "./unseal.ts";
import { create } from "./new.ts";
import { plan } from "./plan.ts";
import { rootCommand } from "./root.ts";
import { down, status } from "./status.ts";
import { up } from "./up.ts";

/** The options that every command of the fleet has. */
export function fleetOptions(command: Command, text: Text): Command {
  return command
    .option("--fleet <dir>", text("fleet.option.fleet"), defaultFleet())
    .option("--all", text("fleet.option.all"))
    .option("--wave <numbers>", text("fleet.option.wave"))
    .option("--json", text("option.json"));
}

const webAddress = (value: string): string => {
  if (!URL.canParse(value) || !/^https?:/.test(value)) throw new InvalidArgumentError("https://…");
  return new URL(value).origin;
};

const port = (value: string): number => {
  const number = Number(value);
  if (!Number.isInteger(number) || number < 1 || number > 65_535) throw new InvalidArgumentError("1 – 65535");
  return number;
};

/** Where the state of a local run is kept, and a release's parts. */
const dataOption = (command: Command, text: Text) => command.option("--data <dir>", text("up.option.data"), defaultData);

/** What brings a release to a host. */
function deployOptions(command: Command, text: Text): Command {
  return dataOption(fleetOptions(command, text), text)
    .option("--passphrase-file <file>", text("up.option.passphrase-file"))
    .option("--direct", text("up.option.direct"))
    .option("--this-machine", text("bundle.option.this-machine"))
    .option("--open-key", text("up.option.open-key"));
}

/** Everything that is done to stations: on this machine with `--local`, else where their site files say. */
export function fleetCommands(yizhan: Command, text: Text): void {
  deployOptions(yizhan.command("up").description(text("up.about")).argument("[countries...]"), text)
    .option("--local", text("up.option.local"))
    .option("--models <dir>", text("up.option.models"))
    .option("--meet <url>", text("up.option.meet"), webAddress)
    .option("--port-base <port>", text("up.option.port-base"), port, 4800)
    .action((countries: string[], options) =>
      options.local === true ? up(countries, options, text) : deploy(countries, options, text),
    );
  const here = (countries: readonly string[], options: { all?: boolean }) => countries.length === 0 && options.all !== true;
  dataOption(fleetOptions(yizhan.command("status").description(text("status.about")).argument("[countries...]"), text), text)
    .option("--calls", text("status.option.calls"))
    .action((countries: string[], options) =>
      here(countries, options) ? status(options, text) : askHosts("status", countries, options, text),
    );
  dataOption(fleetOptions(yizhan.command("down").description(text("down.about")).argument("[countries...]"), text), text)
    .option("--recipient <file>", text("down.option.recipient"))
    .option("--passphrase-file <file>", text("up.option.passphrase-file"))
    .option("--direct", text("up.option.direct"))
    .option("--yes", text("down.option.yes"))
    .action((countries: string[], options) =>
      here(countries, options) ? down(options, text) : handOver(countries, options, text),
    );
  deployOptions(yizhan.command("upgrade").description(text("upgrade.about")).argument("[countries...]"), text).action(
    (countries: string[], options) => deploy(countries, options, text),
  );
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
    .option("--hub-authority <file>", text("new.option.hub-authority"))
    .option("--email <address>", text("new.option.email"))
    .option("--relay <url>", text("new.option.relay"))
    .option("--webhook <url>", text("new.option.webhook"))
    .option("--jitsi <dir>", text("new.option.jitsi"))
    .action((country: string, options) => create(country, options, text));
  inviteCommand(yizhan, text);
  unsealCommand(yizhan, text);
  rootCommand(yizhan, text);
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
