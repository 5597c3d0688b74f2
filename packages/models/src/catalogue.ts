import { bergamotModels } from "./bergamot.ts";
import catalogueFile from "./data/catalogue.json" with { type: "json" };
import { ModelError } from "./errors.ts";
import { catalogueSchema } from "./schema.ts";
import type { Model } from "./types.ts";

const own: Model[] = catalogueSchema.parse(catalogueFile);
const taken = new Set(own.map((model) => model.id));

/** Every model that Yizhan knows how to fetch, by id. */
export const catalogue: ReadonlyMap<string, Model> = new Map(
  [...own, ...bergamotModels(taken)].map((model) => [model.id, model] as const),
);

/** Throws `unknown-model`. */
export function modelById(id: string): Model {
  const model = catalogue.get(id);
  if (!model)
    throw new ModelError("unknown-model", `There is no model "${id}".`, { remedy: "yizhan models list names them all." });
  return model;
}
