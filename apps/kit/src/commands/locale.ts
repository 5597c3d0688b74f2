import { readFile, writeFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { autonym, LocaleError } from "@yizhan/locale";
import {
  collect,
  type Fault,
  fromCsv,
  fromXliff,
  importTexts,
  lint,
  type Mark,
  openProject,
  picture,
  status,
  toCsv,
  toXliff,
} from "@yizhan/locale/tools";
import Table from "cli-table3";
import { Command } from "commander";
import { root } from "../environment.ts";
import { KitError } from "../errors.ts";
import type { Text } from "../text.ts";

const locales = join(root, "locales");

/** `yizhan locale status|lint|export|import`. */
export function locale(text: Text): Command {
  const command = new Command("locale").description(text("locale.about"));
  command
    .command("status")
    .description(text("locale.status.about"))
    .option("--picture <file>", text("locale.option.picture"))
    .option("--json", text("option.json"))
    .action((options: { picture?: string; json?: boolean }) => show(options, text));
  command
    .command("lint")
    .description(text("locale.lint.about"))
    .argument("[languages...]")
    .option("--json", text("option.json"))
    .action((tags: string[], options: { json?: boolean }) => check(tags, options, text));
  command
    .command("export")
    .description(text("locale.export.about"))
    .argument("<language>")
    .argument("<file>", text("locale.argument.file"))
    .option("--only <namespaces...>", text("locale.option.only"))
    .action((tag: string, file: string, options: { only?: string[] }) => explained(() => give(tag, file, options.only, text)));
  command
    .command("import")
    .description(text("locale.import.about"))
    .argument("<file>", text("locale.argument.file"))
    .option("--reviewed-by <name>", text("locale.option.reviewed-by"))
    .option("--on <date>", text("locale.option.on"))
    .action((file: string, options: { reviewedBy?: string; on?: string }) => explained(() => take(file, options, text)));
  return command;
}

async function show(options: { picture?: string; json?: boolean }, text: Text): Promise<void> {
  const languages = status(openProject(locales));
  if (options.picture !== undefined) {
    const labels = {
      title: text("locale.title"),
      reviewed: text("locale.reviewed"),
      draft: text("locale.draft"),
      missing: text("locale.missing"),
    };
    await writeFile(options.picture, picture(languages, labels));
  }
  if (options.json === true) {
    console.log(JSON.stringify(languages, null, 2));
    return;
  }
  const namespaces = languages[0]?.namespaces.map((one) => one.namespace) ?? [];
  const table = new Table({ head: ["", text("locale.language"), ...namespaces], style: { head: [], border: [] } });
  for (const { tag, namespaces: counts } of languages) {
    const cells = counts.map(({ translated, total, reviewed }) => {
      if (translated === 0) return "—";
      const state =
        reviewed === translated
          ? text("locale.reviewed")
          : reviewed === 0
            ? text("locale.draft")
            : `${reviewed} ${text("locale.reviewed")}`;
      return `${translated}/${total} ${state}`;
    });
    table.push([tag, autonym(tag), ...cells]);
  }
  console.log(table.toString());
}

function check(tags: readonly string[], options: { json?: boolean }, text: Text): void {
  const faults = lint(openProject(locales), tags.length === 0 ? undefined : tags);
  if (faults.some((fault) => fault.severity === "error")) process.exitCode = 1;
  if (options.json === true) console.log(JSON.stringify(faults, null, 2));
  else report(faults, text);
}

function report(faults: readonly Fault[], text: Text): void {
  for (const fault of faults) {
    const place = fault.key === undefined ? fault.file : `${fault.file} ${fault.key}`;
    console.log(`${text(`locale.${fault.severity}`)} ${place}: ${fault.reason} [${fault.rule}]`);
  }
  const errors = faults.filter((fault) => fault.severity === "error").length;
  console.log(text("locale.found", { errors, warnings: faults.length - errors }));
}

async function give(tag: string, file: string, only: readonly string[] | undefined, text: Text): Promise<void> {
  const exchange = collect(openProject(locales), tag, only);
  await writeFile(file, isCsv(file) ? toCsv(exchange) : await toXliff(exchange));
  console.log(text("locale.exported", { count: exchange.units.length, file }));
}

async function take(file: string, options: { reviewedBy?: string; on?: string }, text: Text): Promise<void> {
  const content = await readFile(file, "utf8");
  const exchange = isCsv(file) ? fromCsv(content) : await fromXliff(content);
  const done = importTexts(openProject(locales), exchange, markOf(options));
  if (done.faults.length > 0) report(done.faults, text);
  if (done.faults.some((fault) => fault.severity === "error")) {
    console.error(text("locale.refused"));
    process.exitCode = 1;
    return;
  }
  console.log(text("locale.imported", { language: autonym(exchange.tag), changed: done.changed, reviewed: done.reviewed }));
}

function markOf({
  reviewedBy,
  on = new Date().toISOString().slice(0, 10),
}: {
  reviewedBy?: string;
  on?: string;
}): Mark | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(on) || Number.isNaN(Date.parse(on))) throw new KitError("invalid-argument", { argument: on });
  return reviewedBy === undefined ? undefined : { by: reviewedBy, on };
}

/** `.csv`, or XLIFF by either of its names. */
function isCsv(file: string): boolean {
  const end = extname(file).toLowerCase();
  if (![".csv", ".xlf", ".xliff"].includes(end)) throw new KitError("invalid-argument", { argument: file });
  return end === ".csv";
}

/** A translator's file is wrong often and by nobody's malice: the place and the way on, without a stack. */
async function explained(work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof LocaleError)) throw error;
    console.error(`${error.message}\n${error.remedy}`);
    process.exitCode = 1;
  }
}
