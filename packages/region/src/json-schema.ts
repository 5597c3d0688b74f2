import { z } from "zod";
import { lawPackSchema } from "./law/schema.ts";
import { regionSchema } from "./schema.ts";

/** JSON Schemas that let an editor complete and check country files and law packs: file name → text. */
export function jsonSchemas(): Readonly<Record<string, string>> {
  const text = (schema: z.ZodType, title: string) =>
    `${JSON.stringify({ ...z.toJSONSchema(schema, { unrepresentable: "any" }), title }, null, 2)}\n`;
  return {
    "region.schema.json": text(regionSchema, "A country file of Yizhan"),
    "law.schema.json": text(lawPackSchema, "A law pack of Yizhan"),
  };
}
