import { resolve } from "node:path";
import {
  addModel,
  catalogue,
  importModel,
  installed,
  knowAdded,
  type Model,
  ModelError,
  modelsFor,
  removeAdded,
  sizeOf,
  verifyModel,
} from "@yizhan/models";
import { loadRegion } from "@yizhan/region";
import Table from "cli-table3";
import { Command } from "commander";
import { join } from "node:path";
import { defaultData, root } from "../environment.ts";
import { KitError } from "../errors.ts";
import { layout } from "../local/layout.ts";
import { fetchOne } from "../models.ts";
import type { Text } from "../text.ts";

interface Options {
  readonly models: string;
  readonly json?: boolean;
  readonly all?: boolean;
}

interface AddOptions extends Options {
  readonly languages: string;
  readonly licence: string;
  readonly name?: string;
  readonly url?: string;
}

/** `yizhan models list|fetch|verify|import|add|remove`. */
export function models(text: Text): Command {
  const command = new Command("models").description(text("models.about"));
  const folder = ["--models <dir>", text("up.option.models"), layout(defaultData).models] as const;
  command
    .command("list")
    .description(text("models.list.about"))
    .option(...folder)
    .option("--all", text("models.option.all"))
    .option("--json", text("option.json"))
    .action((options: Options) => list(options, text));
  command
    .command("fetch")
    .description(text("models.fetch.about"))
    .argument("<names...>", text("models.argument.names"))
    .option(...folder)
    .action((names: string[], options: Options) => fetchAll(names, options, text));
  command
    .command("verify")
    .description(text("models.verify.about"))
    .option(...folder)
    .action((options: Options) => verify(options, text));
  command
    .command("import")
    .description(text("models.import.about"))
    .argument("<id>")
    .argument("<folder>")
    .option(...folder)
    .action((id: string, from: string, options: Options) => take(id, from, options, text));
  command
    .command("add")
    .description(text("models.add.about"))
    .argument("<id>")
    .argument("<file>", text("models.argument.file"))
    .requiredOption("--languages <tags>", text("models.option.languages"))
    .requiredOption("--licence <name>", text("models.option.licence"))
    .option("--name <words>", text("models.option.name"))
    .option("--url <url>", text("models.option.url"))
    .option(...folder)
    .option("--json", text("option.json"))
    .action((id: string, file: string, options: AddOptions) => add(id, file, options, text));
  command
    .command("remove")
    .description(text("models.remove.about"))
    .argument("<id>")
    .option(...folder)
    .action((id: string, options: Options) => remove(id, options, text));
  return command;
}

async function add(id: string, file: string, options: AddOptions, text: Text): Promise<void> {
  const models = resolve(options.models);
  await knowAdded(models);
  const languages = options.languages.split(",").map((tag) => tag.trim());
  const { licence, name, url } = options;
  const more = { ...(name === undefined ? {} : { name }), ...(url === undefined ? {} : { url }) };
  const { model, read } = await orSaid(id, () => addModel({ id, file: resolve(file), languages, licence, ...more }, models));
  if (options.json === true) return console.log(JSON.stringify({ ...model, bytes: sizeOf(model), layers: read.layers }, null, 2));
  console.log(text("models.added", { id, size: Math.round(sizeOf(model) / 1_048_576), layers: read.layers }));
  console.log(text("models.add.next", { id, language: languages[0] ?? "" }));
}

async function remove(id: string, options: Options, text: Text): Promise<void> {
  await orSaid(id, () => removeAdded(id, resolve(options.models)));
  console.log(text("models.removed", { id }));
}

/** What the folder refused, as the command says it. */
async function orSaid<T>(id: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    throw new KitError("model-refused", { id, reason: `${error.message} ${error.remedy ?? ""}`.trim() }, error);
  }
}

async function list(options: Options, text: Text): Promise<void> {
  await knowAdded(resolve(options.models));
  const shown: { model: Model; here: boolean }[] = [];
  for (const model of catalogue.values()) {
    const here = (await installed(resolve(options.models), model.id)) !== undefined;
    // Some two hundred directions of translation are known: those that are here, and what hears and speaks, are enough.
    if (options.all === true || here || model.kind !== "translation") shown.push({ model, here });
  }
  if (options.json === true) {
    console.log(
      JSON.stringify(
        shown.map(({ model, here }) => ({
          id: model.id,
          kind: model.kind,
          languages: model.languages,
          bytes: sizeOf(model),
          licence: model.licence,
          quality: model.quality,
          here,
        })),
        null,
        2,
      ),
    );
    return;
  }
  const table = new Table({
    head: ["id", "kind", "languages", "size", "licence", "state", "quality"].map((column) => text(`models.${column}`)),
    style: { head: [], border: [] },
  });
  for (const { model, here } of shown) {
    const languages =
      model.languages.length > 4
        ? `${model.languages.slice(0, 4).join(" ")} … (${model.languages.length})`
        : model.languages.join(model.kind === "translation" ? " → " : " ");
    const quality = model.quality
      .map(
        (one) =>
          `${one.language} ${one.measure.toUpperCase()} ${one.measure === "comet" ? one.value : `${(one.value * 100).toFixed(1)} %`}`,
      )
      .join("\n");
    table.push([
      model.id,
      model.kind,
      languages,
      `${Math.round(sizeOf(model) / 1_048_576)} MB`,
      model.licence,
      text(here ? "models.here" : "models.absent"),
      model.kind === "hearing" && model.languages.some((language) => !model.quality.some((one) => one.language === language))
        ? `${quality}\n${text("models.unmeasured")}`
        : quality,
    ]);
  }
  console.log(table.toString());
  if (options.all !== true) console.log(text("models.list.more", { count: catalogue.size - shown.length }));
}

async function fetchAll(names: readonly string[], options: Options, text: Text): Promise<void> {
  await knowAdded(resolve(options.models));
  const ids: string[] = [];
  for (const name of names)
    ids.push(...(/^[A-Z]{2}$/.test(name) ? modelsFor((await loadRegion(join(root, "regions"), name)).speech) : [name]));
  let failed = 0;
  for (const id of new Set(ids)) {
    if (!catalogue.has(id)) throw new KitError("model-unknown", { id });
    try {
      const fetched = await fetchOne(id, resolve(options.models), (line) => console.log(line));
      console.log(text(fetched ? "models.verified" : "models.already", { id }));
    } catch (error) {
      if (!(error instanceof ModelError)) throw error;
      failed += 1;
      console.error(`${error.message} ${error.remedy ?? ""}`);
    }
  }
  if (failed > 0) process.exitCode = 1;
}

async function verify(options: Options, text: Text): Promise<void> {
  await knowAdded(resolve(options.models));
  for (const id of catalogue.keys()) {
    const state = await verifyModel(resolve(options.models), id);
    if (state === "absent") continue;
    console.log(text(state === "whole" ? "models.verified" : "models.broken", { id }));
    if (state === "damaged") process.exitCode = 1;
  }
}

async function take(id: string, from: string, options: Options, text: Text): Promise<void> {
  if (!catalogue.has(id)) throw new KitError("model-unknown", { id });
  try {
    await importModel(id, resolve(from), resolve(options.models));
  } catch (error) {
    if (!(error instanceof ModelError)) throw error;
    throw new KitError("step-failed", { step: `${id}: ${error.message}` }, error);
  }
  console.log(text("models.verified", { id }));
}
