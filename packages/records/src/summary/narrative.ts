import { isObject, type Json, type JsonObject } from "../types.ts";
import { valuesAt } from "../walk.ts";

const escapes: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };

function escape(text: string): string {
  return text.replaceAll(/[&<>"]/g, (letter) => escapes[letter] ?? letter);
}

/** What a person reads of a coded value: its text, a display, the code. */
export function readable(value: Json | undefined): string {
  if (typeof value === "string") return value;
  if (!isObject(value)) return "";
  if (typeof value.text === "string") return value.text;
  const [coding] = valuesAt(value, "coding");
  if (isObject(coding)) return String(coding.display ?? coding.code ?? "");
  if (typeof value.value === "number") return `${value.value} ${String(value.unit ?? value.code ?? "")}`.trim();
  return String(value.display ?? value.code ?? "");
}

/** One line for a resource in a section's narrative: what, how much, since when. */
export function line(resource: JsonObject): string {
  const what = readable(
    valuesAt(resource, "code")[0] ?? valuesAt(resource, "medication[x]")[0] ?? valuesAt(resource, "title")[0],
  );
  const value = valuesAt(resource, "value[x]").map(readable).filter(Boolean).join(" ");
  const dose = valuesAt(resource, "dosageInstruction.text").concat(valuesAt(resource, "dosage.text")).map(readable).join("; ");
  const [when] = [
    ...valuesAt(resource, "onsetDateTime"),
    ...valuesAt(resource, "effectiveDateTime"),
    ...valuesAt(resource, "authoredOn"),
  ];
  const status = readable(valuesAt(resource, "clinicalStatus")[0] ?? valuesAt(resource, "status")[0]);
  return [what === "" ? String(resource.resourceType) : what, value, dose, typeof when === "string" ? when : "", status]
    .filter((part) => part !== "")
    .join(" · ");
}

/** XHTML as `Narrative.div` wants it. */
export function narrative(lines: readonly string[]): { readonly status: "generated"; readonly div: string } {
  const items = lines.map((one) => `<li>${escape(one)}</li>`).join("");
  return { status: "generated", div: `<div xmlns="http://www.w3.org/1999/xhtml"><ul>${items}</ul></div>` };
}
