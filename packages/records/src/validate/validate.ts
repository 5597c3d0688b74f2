import { OperationOutcomeError, validateResource as validateStructure } from "@medplum/core";
import type { OperationOutcomeIssue, Resource } from "@medplum/fhirtypes";
import { type FhirResource, isObject, isServedType, type Json } from "../types.ts";
import { codeForms } from "./codes.ts";
import { definitions, type ValueSetCodes } from "./definitions.ts";
import { wrongExtensions } from "./extensions.ts";

export interface Issue {
  readonly severity: "error" | "warning";
  /** FHIR issue type: `structure`, `code-invalid`, `invariant` … */
  readonly code: NonNullable<OperationOutcomeIssue["code"]>;
  /** What is wrong, without the value that is wrong. */
  readonly text: string;
  /** FHIRPath of the element. */
  readonly path: string | undefined;
}

/** Levels of JSON a resource may nest; a QuestionnaireResponse of ten levels of groups stays far below. */
export const mostDepth = 100;

/** Bytes of one inline attachment: what a sealed value can hold. */
const mostBinary = 12 * 1024 * 1024;

/** Whether JSON nests deeper than `most`, found without recursion. */
export function deeperThan(value: unknown, most: number): boolean {
  let level: unknown[] = [value];
  for (let depth = 0; level.length > 0; depth += 1) {
    if (depth > most) return true;
    const next: unknown[] = [];
    for (const one of level) {
      if (typeof one !== "object" || one === null) continue;
      for (const inner of Object.values(one)) if (typeof inner === "object" && inner !== null) next.push(inner);
    }
    level = next;
  }
  return false;
}

/**
 * Checks a resource against HL7's R4 definitions (structure, cardinality, primitive forms, invariants), the
 * required value sets, the form of ICD-10, ATC and LOINC codes, and the extensions that are understood here.
 * Warnings do not stop a write.
 */
export function validate(value: unknown): Issue[] {
  if (!isObject(value)) return [{ severity: "error", code: "structure", text: "A resource is a JSON object.", path: undefined }];
  const type = value.resourceType;
  if (typeof type !== "string" || !isServedType(type)) {
    return [{ severity: "error", code: "not-supported", text: "This resource type is not served.", path: "resourceType" }];
  }
  if (deeperThan(value, mostDepth)) {
    return [{ severity: "error", code: "too-costly", text: `The resource nests deeper than ${mostDepth} levels.`, path: type }];
  }
  const { valueSets } = definitions();
  const tokens: Record<string, { value: unknown; path: string }[]> = {};
  const issues: Issue[] = [];
  try {
    const found = validateStructure(value as unknown as Resource, {
      collect: { tokens: tokens as never },
      base64BinaryMaxBytes: mostBinary,
    });
    // A reference to a bundle's own entry says nothing of the type it points at.
    issues.push(...found.filter((issue) => issue.details?.text?.startsWith('Invalid reference: got "urn') !== true).map(asIssue));
  } catch (error) {
    if (!(error instanceof OperationOutcomeError)) throw error;
    issues.push(...(error.outcome.issue ?? []).map(asIssue));
  }
  for (const [url, bound] of Object.entries(tokens)) {
    const codes = valueSets.get(url.split("|")[0] ?? "");
    if (codes === undefined) continue;
    for (const { value: one, path } of bound) {
      if (!allowed(one, codes)) {
        issues.push({ severity: "error", code: "code-invalid", text: `The code is not in the required value set ${url}.`, path });
      }
    }
  }
  for (const path of wrongExtensions(value)) {
    issues.push({
      severity: "error",
      code: "extension",
      text: "The extension does not belong here or its value is wrong.",
      path,
    });
  }
  issues.push(...wrongCodes(value, type));
  return issues;
}

export function isValid(value: unknown): value is FhirResource {
  return validate(value).every((issue) => issue.severity !== "error");
}

function asIssue(issue: OperationOutcomeIssue): Issue {
  return {
    severity: issue.severity === "warning" || issue.severity === "information" ? "warning" : "error",
    code: issue.code ?? "invalid",
    text: withoutValues(issue.details?.text ?? issue.diagnostics ?? "The element is not valid."),
    path: issue.expression?.[0],
  };
}

/** What the structure check says may quote the value it dislikes. */
function withoutValues(text: string): string {
  return text.replaceAll(/"[^"]*"|'[^']*'/g, "…");
}

/** A code, Coding, CodeableConcept or Quantity's unit; a concept of text alone has nothing to check. */
function allowed(value: unknown, codes: ValueSetCodes): boolean {
  if (typeof value === "string") return [...codes.values()].some((set) => set.has(value));
  if (!isObject(value)) return true;
  if (Array.isArray(value.coding)) return value.coding.length === 0 || value.coding.some((coding) => allowed(coding, codes));
  if (typeof value.code !== "string") return true;
  const system = typeof value.system === "string" ? codes.get(value.system) : undefined;
  return system === undefined ? value.system === undefined && allowed(value.code, codes) : system.has(value.code);
}

function wrongCodes(root: Json, type: string): Issue[] {
  const issues: Issue[] = [];
  const open: (readonly [Json, string])[] = [[root, type]];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const [value, path] = next;
    if (Array.isArray(value)) for (const one of value) open.push([one, path]);
    else if (isObject(value)) {
      const form = typeof value.system === "string" ? codeForms[value.system] : undefined;
      if (form !== undefined && typeof value.code === "string" && !form(value.code)) {
        issues.push({
          severity: "error",
          code: "code-invalid",
          text: `Not a code of ${String(value.system)}.`,
          path: `${path}.code`,
        });
      }
      for (const [key, inner] of Object.entries(value)) {
        if (typeof inner === "object" && inner !== null) open.push([inner, `${path}.${key}`]);
      }
    }
  }
  return issues;
}
