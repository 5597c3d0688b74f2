import { isObject, type JsonObject } from "../types.ts";
import { valuesAt } from "../walk.ts";

/** An extension of HL7's whose place and value are checked. */
interface KnownExtension {
  readonly url: string;
  readonly value: string;
  /** Whether it may stand on the element of this path. */
  readonly at: (path: string) => boolean;
  readonly accepts: (value: unknown) => boolean;
}

const known: readonly KnownExtension[] = [
  {
    url: "http://hl7.org/fhir/StructureDefinition/patient-interpreterRequired",
    value: "valueBoolean",
    at: (path) => path === "Patient",
    accepts: (value) => typeof value === "boolean",
  },
  {
    url: "http://hl7.org/fhir/StructureDefinition/timezone",
    value: "valueCode",
    // On a date or a time (`_birthDate`, `_start`), or on what is known of the whole resource.
    at: (path) => /\.(_\w+|meta)$/.test(path),
    accepts: (value) => typeof value === "string" && isTimeZone(value),
  },
];

function isTimeZone(name: string): boolean {
  try {
    const { timeZone } = new Intl.DateTimeFormat("en", { timeZone: name }).resolvedOptions();
    return timeZone !== "" && /^[A-Za-z_]+(\/[A-Za-z0-9_+-]+)*$/.test(name);
  } catch (error) {
    if (error instanceof RangeError) return false;
    throw error;
  }
}

/** FHIRPath-like places of known extensions that are in the wrong place or hold a wrong value. */
export function wrongExtensions(resource: JsonObject): string[] {
  const wrong: string[] = [];
  for (const [path, holder] of extensionHolders(resource)) {
    for (const extension of valuesAt(holder, "extension")) {
      if (!isObject(extension)) continue;
      const rule = known.find((one) => one.url === extension.url);
      if (rule === undefined) continue;
      if (!rule.at(path) || !rule.accepts(extension[rule.value])) wrong.push(`${path}.extension`);
    }
  }
  return wrong;
}

function* extensionHolders(resource: JsonObject): Generator<readonly [string, JsonObject]> {
  const open: (readonly [string, JsonObject])[] = [[String(resource.resourceType), resource]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [path, value] = next;
    if (value.extension !== undefined) yield next;
    for (const [key, inner] of Object.entries(value)) {
      for (const one of Array.isArray(inner) ? inner : [inner]) {
        if (!isObject(one)) continue;
        // A resource inside another one is judged as itself.
        open.push([typeof one.resourceType === "string" ? one.resourceType : `${path}.${key}`, one]);
      }
    }
  }
}
