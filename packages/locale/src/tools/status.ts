import type { Review } from "../types.ts";
import type { Project } from "./project.ts";

/** How far one namespace of one language is. Counts of texts: reviewed ≤ translated ≤ total. */
export interface Coverage {
  readonly namespace: string;
  readonly total: number;
  readonly translated: number;
  readonly reviewed: number;
}

export interface LanguageStatus {
  readonly tag: string;
  readonly namespaces: readonly Coverage[];
}

/** Every language but English against English. */
export function status(project: Project): readonly LanguageStatus[] {
  return project.tags
    .filter((tag) => tag !== "en")
    .map((tag) => {
      const review = project.review(tag);
      return { tag, namespaces: project.namespaces.map((namespace) => coverage(project, tag, namespace, review)) };
    });
}

function coverage(project: Project, tag: string, namespace: string, review: Review): Coverage {
  const keys = Object.keys(project.texts("en", namespace) ?? {});
  const texts = project.texts(tag, namespace) ?? {};
  const marks = review[namespace] ?? {};
  const translated = keys.filter((key) => texts[key] !== undefined);
  return {
    namespace,
    total: keys.length,
    translated: translated.length,
    reviewed: translated.filter((key) => (marks[key] ?? marks["*"]) !== undefined).length,
  };
}
