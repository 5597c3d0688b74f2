import { join } from "node:path";
import { readDocument } from "../document.ts";
import { type LawPack, lawPackSchema } from "./schema.ts";

/** Reads and checks `<directory>/law/<code>.yaml`. Throws RegionError with every fault's place. */
export function loadLawPack(directory: string, code: string): Promise<LawPack> {
  return readDocument(join(directory, "law", `${code}.yaml`), lawPackSchema, {
    invalid: "region-invalid",
    missing: "Write the country's rules; without them every flow is refused.",
    schema: "regions/law.schema.json",
  });
}
