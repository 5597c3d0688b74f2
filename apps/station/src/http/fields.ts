import { Problem } from "@yizhan/http";
import type { z } from "zod";

type Issue = z.core.$ZodIssue;
type ProblemDetail = NonNullable<Problem["details"]>[number];

/** The codes below the locales' `errors.field`. */
export type FieldCode =
  | "required"
  | "wrong-type"
  | "too-short"
  | "too-long"
  | "out-of-range"
  | "unknown-field"
  | "not-allowed"
  | "bad-form"
  | "unknown-language";

/** 400 `bad-request`, with the path and a code for each wrong field; never what was typed. */
export function fieldProblem(error: { readonly issues: readonly Issue[] }, data: unknown, target = "json"): Problem {
  const details = error.issues.flatMap((issue) => describe(issue, data, target === "json" ? [] : [target]));
  return new Problem(400, "bad-request", { details: details.slice(0, 50) });
}

function describe(issue: Issue, data: unknown, above: readonly string[]): ProblemDetail[] {
  const path = [...above, ...issue.path.map(String)];
  const field = path.join(".") || "body";
  if (issue.code === "unrecognized_keys") {
    // A sender's own key may be long or hold anything: only what could be a field's name is said back.
    return issue.keys.slice(0, 10).map((key) => ({
      field: [...path, /^[A-Za-z][A-Za-z0-9_-]{0,40}$/.test(key) ? key : "?"].join("."),
      code: "unknown-field" satisfies FieldCode,
    }));
  }
  return [{ field, code: codeOf(issue, at(data, issue.path) === undefined) }];
}

function at(data: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce((value: unknown, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key], data);
}

function codeOf(issue: Issue, absent: boolean): FieldCode {
  switch (issue.code) {
    case "invalid_type":
      return absent ? "required" : "wrong-type";
    case "too_big":
      return issue.origin === "string" || issue.origin === "array" ? "too-long" : "out-of-range";
    case "too_small":
      if (issue.origin !== "string" && issue.origin !== "array") return "out-of-range";
      return issue.minimum === 1 ? "required" : "too-short";
    case "invalid_format":
      return "bad-form";
    case "custom":
      return (issue.params?.["field"] as FieldCode | undefined) ?? "not-allowed";
    case "invalid_value":
      return absent ? "required" : "not-allowed";
    default:
      return "not-allowed";
  }
}
