import { isObject, type Json, type JsonObject } from "./types.ts";
import { definitions } from "./validate/definitions.ts";

/** The part of a resource that a client asks for: `_summary` or `_elements`. Source: FHIR R4, 3.1.1.5.8 and 3.1.1.5.9. */
export type Shape =
  | { readonly kind: "summary" | "text" | "data" }
  | { readonly kind: "elements"; readonly elements: readonly string[] };

const subsetted = {
  system: "http://terminology.hl7.org/CodeSystem/v3-ObservationValue",
  code: "SUBSETTED",
  display: "Resource encoded in summary mode",
};

/** Elements kept, with those kept inside them; a whole element has none. */
type Kept = ReadonlyMap<string, Kept>;
const whole: Kept = new Map();
const summaries = new Map<string, Kept>();

/**
 * The part of a resource, marked as one: it must not be written back. What the type requires, and what changes the
 * meaning of the rest, is always in it.
 */
export function shaped(resource: JsonObject, shape: Shape): JsonObject {
  const part = partOf(resource, shape);
  const meta = isObject(part.meta) ? part.meta : {};
  const tags = Array.isArray(meta.tag) ? (meta.tag as readonly Json[]) : [];
  return { ...part, meta: { ...meta, tag: [...tags, subsetted] } };
}

/** Whether a resource is only a part of one. */
export function isSubsetted(resource: JsonObject): boolean {
  const tags = isObject(resource.meta) && Array.isArray(resource.meta.tag) ? (resource.meta.tag as readonly Json[]) : [];
  return tags.some((tag) => isObject(tag) && tag.code === subsetted.code && tag.system === subsetted.system);
}

/** The element of a type by its name, `value[x]` for `value`; undefined where the type has none. */
export function elementOf(type: string, name: string): string | undefined {
  return definitions()
    .parts.get(type)
    ?.elements.find((one) => one === name || one === `${name}[x]`);
}

function partOf(resource: JsonObject, shape: Shape): JsonObject {
  const type = String(resource.resourceType);
  if (shape.kind === "data") {
    const { text: _text, ...data } = resource;
    return data;
  }
  if (shape.kind === "summary") return only(resource, summaryOf(type));
  const always = definitions().parts.get(type)?.always ?? [];
  const asked = shape.kind === "elements" ? shape.elements : ["text"];
  const named = asked.map((name) => elementOf(type, name) ?? name);
  return only(resource, new Map([...named, ...always, ...everywhere].map((name) => [name, whole])));
}

/** Also of a part it must be plain whose it is. */
const everywhere = ["resourceType", "id", "meta", "implicitRules", "subject", "patient"] as const;

function summaryOf(type: string): Kept {
  let kept = summaries.get(type);
  if (kept === undefined) {
    kept = tree([...everywhere, ...(definitions().parts.get(type)?.summary ?? [])]);
    summaries.set(type, kept);
  }
  return kept;
}

/** Paths as a tree: what stands inside an element counts only where the element itself is kept. */
function tree(paths: readonly string[]): Kept {
  const own = paths.filter((path) => !path.includes("."));
  return new Map(
    own.map((name) => {
      const inside = paths.filter((path) => path.startsWith(`${name}.`)).map((path) => path.slice(name.length + 1));
      return [name, inside.length === 0 ? whole : tree(inside)];
    }),
  );
}

function only(value: JsonObject, kept: Kept): JsonObject {
  // A copy that loses some of its elements, so that it keeps how its numbers were written.
  const copy: Record<string, Json | undefined> = { ...value };
  for (const [key, inner] of Object.entries(value)) {
    const found = keptBy(key.replace(/^_/, ""), kept);
    if (found === undefined) delete copy[key];
    else if (found.size > 0 && !key.startsWith("_")) copy[key] = inside(inner, found);
  }
  return copy;
}

/** `valueQuantity` is kept by `value[x]`. */
function keptBy(key: string, kept: Kept): Kept | undefined {
  const own = kept.get(key);
  if (own !== undefined) return own;
  for (const [name, inner] of kept) {
    const stem = name.endsWith("[x]") ? name.slice(0, -3) : undefined;
    if (stem !== undefined && key.startsWith(stem) && /[A-Z]/.test(key.charAt(stem.length))) return inner;
  }
  return undefined;
}

function inside(value: Json | undefined, kept: Kept): Json | undefined {
  if (Array.isArray(value)) return (value as readonly Json[]).map((one) => inside(one, kept) ?? null);
  return isObject(value) ? only(value, kept) : value;
}
