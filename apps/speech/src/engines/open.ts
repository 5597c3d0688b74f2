import { existsSync } from "node:fs";
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { knowAdded, modelsFor, remoteHearingId } from "@yizhan/models";
import type { Region } from "@yizhan/region";
import { EngineError } from "./errors.ts";
import { eitherEngine } from "./hearing/either.ts";
import { openHearing, type OpenHearing } from "./hearing/models.ts";
import { type RemoteHearing, remoteHearing, withSecond } from "./hearing/remote.ts";
import { Scheduler } from "./host/scheduler.ts";
import { openVoice } from "./speaking/voice.ts";
import { openTranslator } from "./translating/translator.ts";
import type { Engines, HearingEngine, ModelState } from "./types.ts";
import { sileroDetector, sileroHost } from "./voice-detection/silero.ts";

export interface EnginesConfig {
  /** The folder that `yizhan models fetch` fills. */
  models: string;
  speech: Region["speech"];
  /** Cores to use; default: all of them. */
  cores?: number;
  /** Base URL of a LibreTranslate-compatible server inside the country, for routes that name it. */
  libretranslate?: { url: string; apiKey?: string };
  /** A hearing server inside the country, for languages whose list names `remote`. */
  remoteHearing?: RemoteHearing;
}

/**
 * Loads every engine that the region names and whose weights are here. A model that is missing or cannot be loaded
 * leaves its languages to the next one of the region's list, or without captions: `models()` says so.
 */
export async function openEngines(config: EnginesConfig): Promise<Engines> {
  const { models, speech, cores = availableParallelism() } = config;
  await knowAdded(models);
  const scheduler = new Scheduler(cores);
  let lost = 0;
  const states: Record<string, ModelState> = {};
  const hearing = new Map<string, OpenHearing>();
  for (const id of modelsFor(speech)) states[id] = existsSync(join(models, id, "model.json")) ? "ready" : "missing";

  const remote = openRemote();
  const voices = sileroHost(models);
  const begin = async (id: string, start: () => Promise<void>): Promise<boolean> => {
    if (states[id] !== "ready") return false;
    try {
      await start();
      return true;
    } catch (error) {
      if (!(error instanceof EngineError)) throw error;
      states[id] = "broken";
      return false;
    }
  };
  const detecting = begin("silero-vad", () => voices.start());
  const loading = [...new Set(Object.values(speech.hear).flat())].map(async (id) => {
    const open = openHearing(id, { models, cores, scheduler, onLost: () => lost++ });
    if (!open) return;
    const ready = await begin(id, async () => {
      await Promise.all(open.hosts.map((host) => host.start()));
    });
    if (ready) hearing.set(id, open);
    else await open.engine.close();
  });
  await Promise.all([detecting, ...loading]);
  const translator = openTranslator({
    models,
    routes: speech.translate,
    ...(config.libretranslate ? { libretranslate: config.libretranslate } : {}),
  });

  const voice = openVoice(models, cores);

  const hears = (language: string) =>
    firstReady(speech.hear, language, (id) => (id === remoteHearingId ? remote?.engine : hearing.get(id)?.engine));

  return {
    voice,
    hearing: hears,
    either(languages, prompt) {
      if (languages.some((tag) => hears(tag) === undefined)) return undefined;
      const bare = languages.map((tag) => new Intl.Locale(tag).language);
      const judge = Array.from(hearing.values(), ({ engine }) => engine).find((engine) =>
        bare.every((tag) => engine.languages().includes(tag)),
      );
      return judge && eitherEngine({ languages, judge, hearing: hears, prompt });
    },
    translator,
    detector: () => sileroDetector(voices),
    models: () => ({ ...states }),
    load: () => ({
      waiting: scheduler.waiting + (remote?.scheduler.waiting ?? 0),
      running: scheduler.running + (remote?.scheduler.running ?? 0),
      restarts: [...hearing.values()].flatMap(({ hosts }) => hosts).reduce((sum, host) => sum + host.restarts, voices.restarts),
      lost,
    }),
    close: async () => {
      voices.close();
      voice.close();
      await Promise.all([
        translator.close(),
        ...(remote ? [remote.engine.close()] : []),
        ...Array.from(hearing.values(), ({ engine }) => engine.close()),
      ]);
    },
  };

  function openRemote() {
    const languages = Object.keys(speech.hear).filter((tag) => speech.hear[tag]?.includes(remoteHearingId));
    if (languages.length === 0) return undefined;
    states[remoteHearingId] = config.remoteHearing ? "ready" : "missing";
    return config.remoteHearing && remoteHearing(config.remoteHearing, { languages, onLost: () => lost++ });
  }
}

/** A whole tag first, then its primary subtag: `pt-MZ` is heard by what hears `pt`. */
function firstReady(
  hear: Region["speech"]["hear"],
  language: string,
  engine: (id: string) => HearingEngine | undefined,
): HearingEngine | undefined {
  const ids = hear[language] ?? hear[language.split("-")[0] ?? ""] ?? [];
  const [first, second] = ids.flatMap((id) => engine(id) ?? []);
  return first?.id === remoteHearingId && second ? withSecond(first, second) : first;
}
