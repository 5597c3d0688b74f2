import { bergamotModels } from "./bergamot.ts";
import catalogueFile from "./data/catalogue.json" with { type: "json" };
import { ModelError } from "./errors.ts";
import { catalogueSchema } from "./schema.ts";
import type { Model } from "./types.ts";

const own: Model[] = catalogueSchema.parse(catalogueFile);
const taken = new Set(own.map((model) => model.id));

const known = new Map([...own, ...bergamotModels(taken)].map((model) => [model.id, model] as const));

/** Every model that this process knows, by id: those that can be fetched, and those that were added to a folder it opened. */
export const catalogue: ReadonlyMap<string, Model> = known;

/** Makes a model known that an operator added. */
export function know(model: Model): void {
  known.set(model.id, model);
}

export function forget(id: string): void {
  known.delete(id);
}

/** Throws `unknown-model`. */
export function modelById(id: string): Model {
  const model = catalogue.get(id);
  if (!model)
    throw new ModelError("unknown-model", `There is no model "${id}".`, { remedy: "yizhan models list names them all." });
  return model;
}
