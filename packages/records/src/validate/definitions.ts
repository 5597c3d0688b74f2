import { readFileSync } from "node:fs";
import { join } from "node:path";
import { indexStructureDefinitionBundle } from "@medplum/core";
import type { StructureDefinition } from "@medplum/fhirtypes";

interface Definitions {
  readonly structures: StructureDefinition[];
  /** Codes of each required value set, by code system. */
  readonly valueSets: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
}

/** System → codes of one value set. */
export type ValueSetCodes = ReadonlyMap<string, ReadonlySet<string>>;

let loaded: ReadonlyMap<string, ValueSetCodes> | undefined;

/**
 * Loads HL7's definitions for the served types (made by `scripts/trim-definitions.ts`) into the validator,
 * once, and returns the required value sets by canonical URL.
 */
export function definitions(): ReadonlyMap<string, ValueSetCodes> {
  if (loaded === undefined) {
    const text = readFileSync(join(import.meta.dirname, "../../definitions/r4.json"), "utf8");
    const { structures, valueSets } = JSON.parse(text) as Definitions;
    indexStructureDefinitionBundle(structures);
    loaded = new Map(
      Object.entries(valueSets).map(([url, systems]) => [
        url,
        new Map(Object.entries(systems).map(([system, codes]) => [system, new Set(codes)])),
      ]),
    );
  }
  return loaded;
}
