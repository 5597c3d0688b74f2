import type { Region } from "@yizhan/region";
import type { Engines } from "./types.ts";

export interface EnginesConfig {
  /** The folder that `yizhan models fetch` fills. */
  models: string;
  speech: Region["speech"];
  /** Cores to use; default: all of them. */
  cores?: number;
  /** Base URL of a LibreTranslate-compatible server inside the country, for routes that name it. */
  libretranslate?: { url: string; apiKey?: string };
}

export type OpenEngines = (config: EnginesConfig) => Promise<Engines>;
