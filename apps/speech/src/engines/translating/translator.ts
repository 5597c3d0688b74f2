import type { TranslationRoute } from "@yizhan/region";
import { EngineError } from "../errors.ts";
import type { EngineHost } from "../host/host.ts";
import type { Mark, Translated, TranslateOptions, Translator } from "../types.ts";
import { apertiumMode, apertiumModes, apertiumStep } from "./apertium.ts";
import { bergamotHost, bergamotStep } from "./bergamot.ts";
import { libretranslateStep } from "./libretranslate.ts";
import type { TranslationStep } from "./step.ts";

export interface TranslatorConfig {
  models: string;
  routes: TranslationRoute[];
  libretranslate?: { url: string; apiKey?: string };
}

/** A name: it means the same everywhere, and is translated to load what translates. */
const warmth = "Maria.";

interface Route {
  from: string;
  to: string;
  steps: TranslationStep[];
}

/** The region's routes whose engines and weights are here. */
export function openTranslator({ models, routes, libretranslate }: TranslatorConfig): Translator {
  const host = bergamotHost();
  const needed = (engine: string) => routes.some((route) => route.steps.some((step) => step.engine === engine));
  const modes = needed("apertium") ? apertiumModes() : new Set<string>();
  const steps = new Map<string, TranslationStep | undefined>();
  const step = (engine: string, from: string, to: string): TranslationStep | undefined => {
    const key = `${engine} ${from} ${to}`;
    if (!steps.has(key)) steps.set(key, makeStep(engine, from, to));
    return steps.get(key);
  };
  const makeStep = (engine: string, from: string, to: string): TranslationStep | undefined => {
    if (engine === "bergamot") return bergamotStep(host, models, from, to);
    if (engine === "libretranslate") return libretranslate && libretranslateStep(libretranslate, from, to);
    const mode = apertiumMode(modes, from, to);
    return mode === undefined ? undefined : apertiumStep(mode);
  };

  const open: Route[] = routes.flatMap(({ from, to, steps: named }) => {
    const chain = named.map(({ engine, to: next }, index) => step(engine, named[index - 1]?.to ?? from, next));
    const ready = chain.filter((one) => one !== undefined);
    return ready.length === chain.length ? [{ from, to, steps: ready }] : [];
  });

  const prepared = new Set<Route>();

  return {
    prepare: (from, to) => {
      const route = find(open, from, to);
      if (route === undefined || prepared.has(route)) return;
      prepared.add(route);
      // Any text will do; what fails now fails again, and is told, when somebody needs it.
      follow(route, warmth, {}).catch(() => prepared.delete(route));
    },
    routes: () => open.map(({ from, to }) => ({ from, to })),
    translate: async (text, from, to, options = {}) => {
      const route = find(open, from, to);
      if (!route) throw new EngineError("no-route", `no route from ${from} to ${to}`);
      return follow(route, text, options);
    },
    close: async () => closeAll(host, steps.values()),
  };
}

function closeAll(host: EngineHost, steps: Iterable<TranslationStep | undefined>): void {
  host.close();
  for (const step of steps) step?.close();
}

/** A whole tag first, then its primary subtag: `pt-MZ` is served by the route from `pt`. */
function find(routes: readonly Route[], from: string, to: string): Route | undefined {
  const bare = (tag: string) => tag.split("-")[0];
  return (
    routes.find((route) => route.from === from && route.to === to) ??
    routes.find((route) => bare(route.from) === bare(from) && bare(route.to) === bare(to))
  );
}

async function follow(route: Route, text: string, { follow: stretches = [], signal }: TranslateOptions): Promise<Translated> {
  let current = text;
  let marks: Mark[] | undefined;
  const unknown: string[] = [];
  for (const [index, step] of route.steps.entries()) {
    signal?.throwIfAborted();
    const result = await attempt(step, current, index === 0 ? stretches : [], signal);
    // Marks lead from the source's own words; a second engine's would lead from the pivot's.
    marks = index === 0 ? result.marks : undefined;
    unknown.push(...(result.unknown ?? []));
    current = result.text;
  }
  return {
    text: current,
    route: route.steps.map((step) => step.engine).join("+"),
    ...(marks ? { marks } : {}),
    ...(unknown.length > 0 ? { unknown } : {}),
  };
}

/** An engine that falls over is begun anew once. */
async function attempt(step: TranslationStep, text: string, stretches: readonly [number, number][], signal?: AbortSignal) {
  const once = async () => {
    const result = await step.translate(text, stretches, signal);
    if (text.trim() !== "" && result.text.trim() === "")
      throw new EngineError("translation-failed", `${step.engine} gave nothing`);
    return result;
  };
  try {
    return await once();
  } catch (error) {
    signal?.throwIfAborted();
    if (error instanceof EngineError && error.code === "translation-slow") throw error;
    try {
      return await once();
    } catch (again) {
      if (again instanceof EngineError && again.code !== "engine-failed") throw again;
      throw new EngineError("translation-failed", `${step.engine} failed twice`, { cause: again });
    }
  }
}
