import { isObject, type Json, type JsonObject } from "./types.ts";

/**
 * All values at a dotted path, arrays flattened: `name.family`, `effective[x]`, `participant.actor`.
 * `[x]` stands for every type of a choice (`effectiveDateTime`, `effectivePeriod`).
 */
export function valuesAt(root: JsonObject, path: string): Json[] {
  let found: Json[] = [root];
  for (const step of path.split(".")) {
    const next: Json[] = [];
    for (const value of found) if (isObject(value)) collect(value, step, next);
    if (next.length === 0) return next;
    found = next;
  }
  return found;
}

function collect(value: JsonObject, step: string, into: Json[]): void {
  if (!step.endsWith("[x]")) {
    push(value[step], into);
    return;
  }
  const stem = step.slice(0, -3);
  for (const key of Object.keys(value)) {
    if (key.length > stem.length && key.startsWith(stem) && /[A-Z]/.test(key.charAt(stem.length))) push(value[key], into);
  }
}

function push(value: Json | undefined, into: Json[]): void {
  if (value === undefined || value === null) return;
  if (Array.isArray(value)) for (const item of value) push(item, into);
  else into.push(value);
}
