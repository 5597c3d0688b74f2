import { LocaleError } from "../errors.ts";
import type { Project } from "./project.ts";

/** One text on its way to a translator and back. */
export interface Unit {
  readonly namespace: string;
  readonly key: string;
  readonly source: string;
  /** Empty where it is not translated. */
  readonly target: string;
}

export interface Exchange {
  readonly tag: string;
  readonly units: readonly Unit[];
}

/** All texts of a language in English order, or those of the namespaces named. A language without a folder starts empty. */
export function collect(project: Project, tag: string, namespaces: readonly string[] = project.namespaces): Exchange {
  checkTag(tag);
  const unknown = namespaces.find((namespace) => !project.namespaces.includes(namespace));
  if (unknown !== undefined) {
    throw new LocaleError(
      "exchange-invalid",
      `There is no namespace “${unknown}”.`,
      `There are: ${project.namespaces.join(", ")}.`,
    );
  }
  const units = namespaces.flatMap((namespace) =>
    Object.entries(project.texts("en", namespace) ?? {}).map(([key, source]) => ({
      namespace,
      key,
      source,
      target: project.texts(tag, namespace)?.[key] ?? "",
    })),
  );
  return { tag, units };
}

/** A tag becomes a folder's name: only a canonical one, and never the source language. */
export function checkTag(tag: string): void {
  let canonical: string | undefined;
  try {
    [canonical] = Intl.getCanonicalLocales(tag);
  } catch (error) {
    throw new LocaleError("tag-invalid", `“${tag}” is not a language tag.`, "Write a BCP 47 tag: pt, zh-Hant, sr-Latn.", error);
  }
  if (canonical !== tag || tag === "en") {
    throw new LocaleError(
      "tag-invalid",
      `“${tag}” cannot be translated into.`,
      `Write ${canonical ?? tag}; English is the source.`,
    );
  }
}
