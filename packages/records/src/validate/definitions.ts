import { readFileSync } from "node:fs";
import { join } from "node:path";
import { indexStructureDefinitionBundle } from "@medplum/core";
import type { StructureDefinition } from "@medplum/fhirtypes";

interface Definitions {
  readonly structures: StructureDefinition[];
  /** Codes of each required value set, by code system. */
  readonly valueSets: Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
  /** Of each served type. */
  readonly parts: Readonly<Record<string, Parts>>;
}

/** Paths below a resource, choices as `value[x]`. */
export interface Parts {
  readonly elements: readonly string[];
  /** HL7's summary of the type: elements and, where they have some of their own, elements inside them. */
  readonly summary: readonly string[];
  /** Elements that are required, or that change what the others mean. */
  readonly always: readonly string[];
}

/** System → codes of one value set. */
export type ValueSetCodes = ReadonlyMap<string, ReadonlySet<string>>;

interface Loaded {
  readonly valueSets: ReadonlyMap<string, ValueSetCodes>;
  readonly parts: ReadonlyMap<string, Parts>;
}

let loaded: Loaded | undefined;

/**
 * Loads HL7's definitions for the served types (made by `scripts/trim-definitions.ts`) into the validator, once.
 * Gives the required value sets by canonical URL, and the parts of each served type.
 */
export function definitions(): Loaded {
  if (loaded === undefined) {
    const text = readFileSync(join(import.meta.dirname, "../../definitions/r4.json"), "utf8");
    const { structures, valueSets, parts } = JSON.parse(text) as Definitions;
    indexStructureDefinitionBundle(structures);
    loaded = {
      parts: new Map(Object.entries(parts)),
      valueSets: new Map(
        Object.entries(valueSets).map(([url, systems]) => [
          url,
          new Map(Object.entries(systems).map(([system, codes]) => [system, new Set(codes)])),
        ]),
      ),
    };
  }
  return loaded;
}
