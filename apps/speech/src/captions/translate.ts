import type { Flag, Translation } from "@yizhan/meet";
import type { Translator } from "../engines/types.ts";
import { widening } from "./languages.ts";
import type { Spoken, Terms } from "./terms.ts";

export interface TranslateDeps {
  readonly translator: Translator;
  readonly terms: Terms;
  /** Milliseconds before a translation is given up. Default 5,000. */
  readonly limit?: number;
}

export type TranslatedLine = Omit<Translation, "type" | "segmentId" | "from" | "to">;

/**
 * One final in another language: the phrase memory sentence by sentence, the region's route for the
 * rest, then the checks against what was heard. Never rejects: what cannot be translated is said so, with
 * the flag `untranslated` and an empty text.
 */
export async function translateLine(deps: TranslateDeps, source: Spoken, to: string): Promise<TranslatedLine> {
  const { terms } = deps;
  const route = routeFor(deps.translator, source.language, to);
  const parts = phraseParts(terms, source, to);
  const steps: string[] = [];
  const texts: string[] = [];
  const unknown: string[] = [];
  for (const part of parts) {
    if (part.agreed !== undefined) {
      texts.push(part.agreed);
      steps.push("phrase");
      continue;
    }
    if (route === undefined) return untranslated();
    try {
      const signal = AbortSignal.timeout(deps.limit ?? 5_000);
      const translated = await settled(
        deps.translator.translate(terms.figures(part.text, source.language), route.from, route.to, { signal }),
        signal,
      );
      if (isRubbish(part.text, translated.text)) return untranslated();
      texts.push(translated.text.trim());
      steps.push(translated.route);
      unknown.push(...(translated.unknown ?? []));
    } catch {
      // Whatever failed, the interpreter sees the source and that it is not translated; the engine counts its own failures.
      return untranslated();
    }
  }
  const target = { text: texts.join(joiner(to)), language: to };
  const pins = terms.parsePins(target.text, to);
  const flags: Flag[] = terms.check(source, target);
  // A word that no engine knew stands in the line as it was said and looks translated, or the next engine made something of it.
  for (const word of terms.strange(unknown, source, target))
    flags.push({ code: "untranslated", ...(target.text.includes(word) ? { target: word } : { source: word }) });
  const agreed = terms.agreed(source, target);
  return {
    text: target.text,
    route: [...new Set(steps)].join("+"),
    pins,
    flags,
    ...(agreed.length === 0 ? {} : { terms: agreed }),
  };
}

/** The route for a pair, the closest tags first. */
export function routeFor(translator: Translator, from: string, to: string): { from: string; to: string } | undefined {
  const routes = translator.routes();
  for (const source of widening(from)) {
    for (const target of widening(to)) {
      const exact = routes.find((route) => route.from === source && route.to === target);
      if (exact !== undefined) return exact;
    }
  }
  return undefined;
}

function untranslated(): TranslatedLine {
  return { text: "", route: "", pins: [], flags: [{ code: "untranslated" }] };
}

/** A whole line that is an agreed phrase, else its sentences, neighbours without one taken together. */
function phraseParts(terms: Terms, source: Spoken, to: string): { text: string; agreed: string | undefined }[] {
  const whole = terms.phrase(source.text, source.language, to);
  if (whole !== undefined) return [{ text: source.text, agreed: whole }];
  const parts: { text: string; agreed: string | undefined }[] = [];
  for (const { segment } of new Intl.Segmenter(source.language, { granularity: "sentence" }).segment(source.text)) {
    const text = segment.trim();
    if (text === "") continue;
    const agreed = terms.phrase(text, source.language, to);
    const last = parts.at(-1);
    if (agreed === undefined && last !== undefined && last.agreed === undefined) last.text += joiner(source.language) + text;
    else parts.push({ text, agreed });
  }
  return parts;
}

function joiner(language: string): string {
  return /^(zh|ja|th|lo|km|my)\b/.test(language) ? "" : " ";
}

/** Empty, or longer than any translation is: an engine that loops. */
function isRubbish(source: string, target: string): boolean {
  return target.trim() === "" || target.length > 8 * source.length + 80;
}

/** An engine that forgets its signal does not hold up the line. */
function settled<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    work.then(resolve, reject);
  });
}
