import type { Fault } from "./fault.ts";
import { fileName, type Project, type Texts } from "./project.ts";
import { related } from "./related.ts";
import { judgePair } from "./rules.ts";
import { scriptOf } from "./scripts.ts";

/** What a patient may read: here a missing text is an error. Elsewhere it falls back, and is a warning. */
const whole = new Set(["care", "errors"]);

/** Every fault of every language, or of those named. */
export function lint(project: Project, only: readonly string[] = project.tags): readonly Fault[] {
  const faults = project.faults.filter((fault) => only.includes(fault.file.split("/")[1] ?? ""));
  for (const tag of only) {
    for (const namespace of project.namespaces) {
      const texts = project.texts(tag, namespace);
      const source = project.texts("en", namespace);
      if (texts !== undefined && source !== undefined) faults.push(...lintFile(tag, namespace, texts, source));
    }
    faults.push(...lintReview(project, tag));
  }
  return [...faults, ...sameElsewhere(project, only)];
}

function lintFile(tag: string, namespace: string, texts: Texts, source: Texts): Fault[] {
  const file = fileName(tag, namespace);
  const faults: Fault[] = [];
  for (const [key, english] of Object.entries(source)) {
    const target = texts[key];
    if (target === undefined) {
      faults.push({
        severity: whole.has(namespace) ? "error" : "warning",
        rule: "missing-key",
        file,
        key,
        reason: "It is not translated yet.",
      });
      continue;
    }
    for (const finding of judgePair({ tag, namespace, key, source: english, target })) faults.push({ ...finding, file, key });
  }
  for (const key of Object.keys(texts)) {
    if (source[key] === undefined) {
      faults.push({ severity: "error", rule: "unknown-key", file, key, reason: "English has no such key: remove or rename it." });
    }
  }
  return faults;
}

function lintReview(project: Project, tag: string): Fault[] {
  const file = fileName(tag, "review");
  try {
    return Object.entries(project.review(tag)).flatMap(([namespace, marks]) =>
      Object.keys(marks)
        .filter((key) => key !== "*" && project.texts(tag, namespace)?.[key] === undefined)
        .map((key) => ({
          severity: "error" as const,
          rule: "review" as const,
          file,
          key: `${namespace}:${key}`,
          reason: "There is no such text.",
        })),
    );
  } catch (error) {
    return [{ severity: "error", rule: "review", file, reason: error instanceof Error ? error.message : "It cannot be read." }];
  }
}

/** A sentence that two unrelated languages share was pasted into the wrong file. */
function sameElsewhere(project: Project, only: readonly string[]): Fault[] {
  const faults: Fault[] = [];
  for (const namespace of project.namespaces) {
    const source = project.texts("en", namespace) ?? {};
    for (const [key, english] of Object.entries(source)) {
      const seen = new Map<string, string[]>();
      for (const tag of project.tags) {
        const text = project.texts(tag, namespace)?.[key];
        // Han has no spaces and one script for few languages: every text of some length counts as words.
        const words = text?.match(/[\p{L}\p{M}]{2,}/gu)?.length ?? 0;
        if (text === undefined || text === english || (words < 2 && scriptOf(tag) !== "Hans")) continue;
        const others = seen.get(text) ?? [];
        const stranger = others.find((other) => !related(other, tag));
        if (stranger !== undefined && only.includes(tag)) {
          faults.push({
            severity: "error",
            rule: "same-as-other-language",
            file: fileName(tag, namespace),
            key,
            reason: `It is the same text as in ${stranger}.`,
          });
        }
        seen.set(text, [...others, tag]);
      }
    }
  }
  return faults;
}
