import { resolve } from "node:path";
import { catalogue, importModel, installed, type Model, ModelError, modelsFor, sizeOf, verifyModel } from "@yizhan/models";
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

/** `yizhan models list|fetch|verify|import`. */
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
  return command;
}

async function list(options: Options, text: Text): Promise<void> {
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
