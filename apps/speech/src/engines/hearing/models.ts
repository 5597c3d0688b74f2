import { join } from "node:path";
import { catalogue, filesOf, modelById } from "@yizhan/models";
import { EngineHost } from "../host/host.ts";
import { processLane, threadLane } from "../host/lane.ts";
import type { Scheduler } from "../host/scheduler.ts";
import type { HearingEngine } from "../types.ts";
import { simplified, wantsSimplified } from "./chinese.ts";
import { hearingEngine } from "./engine.ts";

export interface OpenHearing {
  engine: HearingEngine;
  hosts: EngineHost[];
}

interface Setup {
  models: string;
  cores: number;
  scheduler: Scheduler;
  onLost(): void;
}

const LOAD_MS = 60_000;
const TASK_MS = 30_000;

/** Moonshine computes in the thread that calls it: a thread for each core, each with its own 28 MB. */
function moonshine(id: string, { models, cores, scheduler, onLost }: Setup): OpenHearing {
  const hosts = Array.from({ length: cores }, () => {
    const data = { folder: join(models, id), threads: cores };
    const module = new URL("./moonshine-worker.ts", import.meta.url);
    return new EngineHost({ name: id, open: threadLane, module, data, loadMs: LOAD_MS, taskMs: TASK_MS });
  });
  const languages = modelById(id).languages;
  return {
    hosts,
    engine: hearingEngine({ id, languages, code: primary, scheduler, hosts, takesPrompt: false, searchesTwoWays: false, onLost }),
  };
}

/** whisper.cpp in a process of its own: one copy of the weights, several segments side by side. */
function whisper(id: string, { models, scheduler, onLost }: Setup): OpenHearing {
  const [weights] = filesOf(modelById(id));
  const data = { file: join(models, id, weights?.path ?? "") };
  const module = new URL("./whisper-worker.ts", import.meta.url);
  const hosts = [new EngineHost({ name: id, open: processLane, module, data, loadMs: LOAD_MS, taskMs: TASK_MS })];
  const engine = hearingEngine({
    id,
    languages: modelById(id).languages,
    code: primary,
    scheduler,
    hosts,
    takesPrompt: true,
    searchesTwoWays: true,
    finish: (heard, language) => (wantsSimplified(language) ? simplified(heard) : heard),
    onLost,
  });
  return { hosts, engine };
}

const primary = (language: string) => new Intl.Locale(language).language;

const own: Readonly<Record<string, (id: string, setup: Setup) => OpenHearing>> = {
  "moonshine-tiny-en": moonshine,
  "whisper-base": whisper,
};

/** Opens a model of kind `hearing`, of ours or one that was added; undefined for one that nothing here can load. */
export function openHearing(id: string, setup: Setup): OpenHearing | undefined {
  const open = own[id] ?? (catalogue.get(id)?.engine === "whisper" ? whisper : undefined);
  return open?.(id, setup);
}
