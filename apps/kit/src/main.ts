import { Command, InvalidArgumentError } from "commander";
import { defaultData, defaultFleet, operatorLanguage } from "./environment.ts";
import { KitError } from "./errors.ts";
import { InstallerError } from "./fleet/host-verb.ts";
import { openText, type Text } from "./text.ts";
import { audit } from "./commands/audit.ts";
import { backupCommands } from "./commands/backups.ts";
import { bench, benchParts } from "./commands/bench.ts";
import { bundleCommands } from "./commands/bundle.ts";
import { fleetCommands } from "./commands/fleet.ts";
import { locale } from "./commands/locale.ts";
import { models } from "./commands/models.ts";
import { region } from "./commands/region.ts";
import { override } from "./commands/override.ts";
import { play } from "./commands/play.ts";
import { test, testEngine, testJitsi } from "./commands/test.ts";

const positive = (value: string): number => {
  const number = Number(value);
  if (!Number.isFinite(number) || number <= 0) throw new InvalidArgumentError("> 0");
  return number;
};

function program(text: Text): Command {
  const yizhan = new Command("yizhan").description(text("about")).version("0.1.0").showHelpAfterError();
  const data = [`--data <dir>`, text("up.option.data"), defaultData] as const;

  fleetCommands(yizhan, text);
  bundleCommands(yizhan, text);
  backupCommands(yizhan, text);
  yizhan.addCommand(audit(text));
  yizhan
    .command("play")
    .description(text("play.about"))
    .argument("<country>")
    .argument("<recording>")
    .option(...data)
    .option("--session <name>", text("play.option.session"))
    .option("--speed <factor>", text("play.option.speed"), positive, 1)
    .action((country: string, recording: string, options) => play(country, recording, options, text));
  yizhan.addCommand(models(text));
  yizhan.addCommand(region(text));
  yizhan
    .command("override")
    .description(text("override.about"))
    .argument("<country>")
    .option("--fleet <dir>", text("fleet.option.fleet"), defaultFleet())
    .requiredOption("--flow <flow>", text("override.option.flow"))
    .requiredOption("--by <name>", text("override.option.by"))
    .requiredOption("--reason <text>", text("override.option.reason"))
    .requiredOption("--until <day>", text("override.option.until"))
    .action((country: string, options) => override(country, options, text));
  yizhan.addCommand(locale(text));
  yizhan
    .command("bench")
    .description(text("bench.about", { parts: benchParts.join(", ") }))
    .argument("<part>")
    .argument("[more...]")
    .option("--json", text("option.json"))
    // The speech service's bench has options of its own.
    .allowUnknownOption()
    .action((part: string, more: string[], options: { json?: boolean }) => bench(part, more, options, text));
  yizhan
    .command("test")
    .description(text("test.about"))
    .argument("[filters...]")
    .option("--engine", text("test.option.engine"))
    .option("--jitsi", text("test.option.jitsi"))
    .action((filters: string[], options: { engine?: boolean; jitsi?: boolean }) =>
      options.engine === true ? testEngine(text) : options.jitsi === true ? testJitsi(text) : test(filters, text),
    );
  return yizhan;
}

/** Says what happened and what to do; a stack only for what nobody foresaw. */
function explain(error: unknown, text: Text): void {
  if (error instanceof KitError) {
    console.error(`\n${text(`error.${error.code}`, error.values)}\n${text(`remedy.${error.code}`, error.values)}`);
    return;
  }
  if (error instanceof InstallerError) {
    console.error(`\n${error.message}\n${error.remedy}`);
    return;
  }
  const reason = error instanceof Error ? (error.stack ?? error.message) : String(error);
  console.error(`\n${text("error.unexpected", { reason })}\n${text("remedy.unexpected")}`);
}

const text = await openText(operatorLanguage());
try {
  await program(text).parseAsync();
} catch (error) {
  explain(error, text);
  process.exitCode = 1;
}
