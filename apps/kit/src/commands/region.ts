import { access, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { bergamotIds, hearingModels, measuredLanguages } from "@yizhan/models";
import {
  countryFacts,
  judge,
  jsonSchemas,
  type Judgement,
  loadLawPack,
  loadRegion,
  loadRegions,
  newRegion,
  type Region,
  regionsPage,
  strictLawPack,
  violations,
  yamlText,
} from "@yizhan/region";
import Table from "cli-table3";
import { Command } from "commander";
import { root } from "../environment.ts";
import { KitError } from "../errors.ts";
import type { Text } from "../text.ts";

const regions = join(root, "regions");

interface Checked {
  readonly country: string;
  readonly flows: readonly Judgement[];
  /** Care languages without captions. */
  readonly withoutCaptions: readonly string[];
  /** Languages with captions whose quality nobody has measured. */
  readonly unmeasured: readonly string[];
  /** Contacts that the file does not have. */
  readonly withoutContact: readonly ("mission" | "ministry")[];
}

/** `yizhan region check|new`. */
export function region(text: Text): Command {
  const command = new Command("region").description(text("region.about"));
  command
    .command("check")
    .description(text("region.check.about"))
    .argument("[countries...]")
    .option("--all", text("option.all"))
    .option("--json", text("option.json"))
    .option("--markdown", text("region.option.markdown"))
    .action((codes: string[], options: CheckOptions) => check(codes, options, text));
  command
    .command("new")
    .description(text("region.new.about"))
    .argument("<country>")
    .requiredOption("--ambulance <number>", text("region.option.ambulance"))
    .requiredOption("--police <number>", text("region.option.police"))
    .requiredOption("--source <text>", text("region.option.source"))
    .action((code: string, options: { ambulance: string; police: string; source: string }) => create(code, options, text));
  command
    .command("schema")
    .description(text("region.schema.about"))
    .action(async () => {
      for (const [name, schema] of Object.entries(jsonSchemas())) await writeFile(join(regions, name), schema);
    });
  return command;
}

interface CheckOptions {
  all?: boolean;
  json?: boolean;
  markdown?: boolean;
}

async function check(codes: readonly string[], options: CheckOptions, text: Text): Promise<void> {
  if (options.all !== true && codes.length === 0) throw new KitError("country-unknown", { code: "" });
  const files =
    options.all === true
      ? await loadRegions(regions)
      : await Promise.all(codes.map((code) => loadRegion(regions, code.toUpperCase())));
  const checked = await Promise.all(files.map(judged));
  if (checked.some((one) => violations(one.flows).length > 0)) process.exitCode = 1;
  if (options.json === true) {
    console.log(JSON.stringify(checked, null, 2));
    return;
  }
  if (options.markdown === true) {
    process.stdout.write(
      regionsPage(await Promise.all(files.map(async (file) => ({ region: file, pack: await loadLawPack(regions, file.law) })))),
    );
    return;
  }
  const table = new Table({
    head: [text("region.country"), text("region.flow"), text("region.decision"), text("region.rules")],
    style: { head: [], border: [] },
  });
  for (const one of checked) {
    for (const flow of one.flows) {
      const decision = text(`region.${flow.decision}`, { conditions: flow.conditions.join(", ") });
      const rules = `${flow.rules.join(" ") || "—"}${flow.verified ? "" : ` (${text("region.unverified")})`}`;
      table.push([one.country, flow.flow, flow.violation === undefined ? decision : `${decision}: ${flow.violation}`, rules]);
    }
    if (one.withoutCaptions.length > 0)
      table.push([
        one.country,
        text("region.captions"),
        text("region.without-captions", { languages: one.withoutCaptions.join(", ") }),
        "",
      ]);
    if (one.unmeasured.length > 0)
      table.push([one.country, text("region.captions"), text("region.unmeasured", { languages: one.unmeasured.join(", ") }), ""]);
    if (one.withoutContact.length > 0)
      table.push([
        one.country,
        text("region.contacts"),
        text("region.without-contact", { who: one.withoutContact.map((who) => text(`region.${who}`)).join(", ") }),
        "",
      ]);
  }
  console.log(table.toString());
  console.log(text("region.not-legal-advice"));
}

const measured = new Set(measuredLanguages());

async function judged(file: Region): Promise<Checked> {
  return {
    country: file.code,
    flows: judge(file, await loadLawPack(regions, file.law)),
    withoutCaptions: file.languages.care.filter((tag) => file.speech.hear[tag] === undefined),
    unmeasured: Object.keys(file.speech.hear).filter((tag) => !measured.has(tag)),
    withoutContact: (["mission", "ministry"] as const).filter((who) => file.contacts[who] === undefined),
  };
}

async function create(given: string, options: { ambulance: string; police: string; source: string }, text: Text): Promise<void> {
  const code = given.toUpperCase();
  const file = join(regions, `${code}.yaml`);
  if (await exists(file)) throw new KitError("file-exists", { path: file });
  try {
    countryFacts(code);
  } catch (error) {
    throw new KitError("country-unknown", { code: given }, error);
  }
  const checked = new Date().toISOString().slice(0, 10);
  const made = newRegion({
    code,
    emergency: { ambulance: options.ambulance, police: options.police, source: options.source, checked },
    staffKnown: ["zh", "en", "fr", "ru", "es", "ar", "pt"],
    hear: hearingModels,
    routes: (from, to) => (bergamotIds(from, to).length === 0 ? undefined : [{ engine: "bergamot", to }]),
  });
  const law = join(regions, "law", `${code}.yaml`);
  if (!(await exists(law))) await writeFile(law, yamlText(strictLawPack(code, checked), "../law.schema.json"));
  await writeFile(file, yamlText(made, "./region.schema.json"));
  console.log(text("region.made", { file, law }));
}

async function exists(path: string): Promise<boolean> {
  return access(path).then(
    () => true,
    () => false,
  );
}
