import { constants, copyFile, mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { catalogue, forget, know } from "./catalogue.ts";
import { ModelError } from "./errors.ts";
import { type GgmlWhisper, ggmlWhisper } from "./ggml.ts";
import { modelFolder, partialFolder, putInPlace, sha256Of } from "./install.ts";
import { addedSchema } from "./schema.ts";
import type { Model } from "./types.ts";

/** What an operator says of a model that the catalogue does not know: Whisper's, in whisper.cpp's own form. */
export interface NewModel {
  readonly id: string;
  readonly name?: string;
  /** BCP 47: those that it is to hear. */
  readonly languages: readonly string[];
  /** As its makers name it: `MIT`, `CC-BY-4.0`. */
  readonly licence: string;
  /** The ggml file, here. */
  readonly file: string;
  /** Where others may fetch the same bytes. */
  readonly url?: string;
}

const record = "added.json";
const weights = "ggml.bin";

/**
 * Adds a model of one's own to a folder of models: judged, described with its checksum, and put in place. From then on it is
 * like those of the catalogue, here and wherever the folder goes. Throws `model-known`, `not-a-model`, `description-invalid`.
 */
export async function addModel(given: NewModel, models: string): Promise<{ readonly model: Model; readonly read: GgmlWhisper }> {
  if (catalogue.has(given.id)) throw new ModelError("model-known", `There is a model "${given.id}" already.`, knownRemedy);
  const read = await ggmlWhisper(given.file);
  const foreign = given.languages.filter((tag) => tag.split("-")[0] !== "en");
  if (!read.multilingual && foreign.length > 0)
    throw new ModelError("not-a-model", `${given.file} hears English alone, not ${foreign.join(", ")}.`);
  const parsed = addedSchema.safeParse({
    id: given.id,
    kind: "hearing",
    engine: "whisper",
    name: given.name ?? given.id,
    languages: given.languages,
    licence: given.licence,
    pieces: [
      {
        files: [{ path: weights, size: (await stat(given.file)).size, sha256: await sha256Of(given.file) }],
        sources: given.url === undefined ? [] : [sourceOf(given.url)],
      },
    ],
    quality: [],
  });
  if (!parsed.success)
    throw new ModelError(
      "description-invalid",
      parsed.error.issues.map((one) => `${one.path.join(".")}: ${one.message}`).join("; "),
    );
  const model: Model = parsed.data;
  const partial = join(partialFolder(models, model.id), "added");
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  await copyFile(given.file, join(partial, weights), constants.COPYFILE_FICLONE);
  await writeFile(join(partial, record), `${JSON.stringify(model, null, 2)}\n`);
  await putInPlace(models, model, partial, [given.file]);
  know(model);
  return { model, read };
}

const knownRemedy = { remedy: "Choose another name; one of your own is taken away with yizhan models remove." };

function sourceOf(url: string) {
  const at = url.lastIndexOf("/") + 1;
  return { kind: "url", base: url.slice(0, at), names: { [weights]: url.slice(at) } };
}

/** Makes the models that were added to a folder known to this process. Throws `description-invalid` where one cannot be read. */
export async function knowAdded(models: string): Promise<void> {
  const names = await readdir(models).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  for (const name of names) {
    const text = await readFile(join(modelFolder(models, name), record), "utf8").catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" || error.code === "ENOTDIR") return undefined;
      throw error;
    });
    if (text === undefined || catalogue.get(name)?.engine !== undefined) continue;
    const parsed = addedSchema.safeParse(JSON.parse(text));
    if (!parsed.success || parsed.data.id !== name)
      throw new ModelError("description-invalid", `${join(name, record)} does not describe a model.`);
    know(parsed.data);
  }
}

/** Takes a model away that was added. Throws `unknown-model` for one of the catalogue: those are fetched again at will. */
export async function removeAdded(id: string, models: string): Promise<void> {
  await stat(join(modelFolder(models, id), record)).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") throw new ModelError("unknown-model", `No model "${id}" was added here.`);
    throw error;
  });
  await rm(modelFolder(models, id), { recursive: true });
  forget(id);
}
