import { js2xliff, xliff2js } from "xliff";
import { LocaleError } from "../errors.ts";
import { checkTag, type Exchange, type Unit } from "./exchange.ts";

/** XLIFF 2.0: a `file` per namespace, a `unit` with one segment per key. */
export async function toXliff({ tag, units }: Exchange): Promise<string> {
  const resources: Record<string, Record<string, { source: string; target?: string }>> = {};
  for (const { namespace, key, source, target } of units) {
    const file = (resources[namespace] ??= {});
    file[key] = target === "" ? { source: kept(source) } : { source: kept(source), target: kept(target) };
  }
  const body = await js2xliff({ sourceLanguage: "en", targetLanguage: tag, resources }, { indent: "  " });
  return `<?xml version="1.0" encoding="UTF-8"?>\n${body}\n`;
}

/** The writer takes “&amp;” in a text for an escaped “&”. */
const kept = (text: string): string => text.replaceAll("&amp;", "&amp;amp;");

/** Throws `LocaleError` where it is not XLIFF 2, or where a text holds markup, which ours never do. */
export async function fromXliff(text: string): Promise<Exchange> {
  const invalid = (reason: string, cause?: unknown) =>
    new LocaleError(
      "exchange-invalid",
      `The file is not the XLIFF that was exported: ${reason}.`,
      "Export it again and translate that.",
      cause,
    );
  let document: Awaited<ReturnType<typeof xliff2js>>;
  try {
    document = await xliff2js(text);
  } catch (error) {
    throw invalid(error instanceof Error ? error.message : "unknown", error);
  }
  const { sourceLanguage, targetLanguage: tag, resources } = document;
  if (resources === undefined || tag === undefined || !/<\/xliff>\s*$/.test(text)) throw invalid("it is cut or has no languages");
  if (sourceLanguage !== "en") throw invalid(`its source language is ${sourceLanguage ?? "not named"}`);
  checkTag(tag);
  const units = Object.entries(resources).flatMap(([namespace, file]) =>
    Object.entries(file).map(([key, { source, target = "" }]): Unit => {
      if (typeof source !== "string" || typeof target !== "string") throw invalid(`${namespace}:${key} holds markup`);
      return { namespace, key, source, target };
    }),
  );
  // The reader keeps the last of two units with one id and says nothing.
  if (units.length !== (text.match(/<unit[\s>]/g) ?? []).length) throw invalid("a unit stands twice");
  return { tag, units };
}
