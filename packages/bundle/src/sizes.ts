import type { Site } from "./site.ts";

/** What a size of one machine gives to each service. MiB unless told otherwise. */
export interface Size {
  /** Least memory of the machine. */
  readonly memory: number;
  readonly station: { readonly heap: number; readonly most: number };
  readonly speech: { readonly cores: number; readonly most: number };
  readonly database: { readonly buffers: number; readonly cache: number; readonly work: number; readonly connections: number };
  readonly bridge: { readonly heap: number; readonly participants: number };
  /** TURN: allocations at once, and the ports they may take. */
  readonly turn: { readonly quota: number; readonly firstPort: number; readonly lastPort: number };
  /** What the journal may take. */
  readonly journal: number;
}

/** Least memory of a machine that only hears and speaks: what a clinic has, which does that besides everything else. MiB. */
export const workerMemory = 4_096;

export const sizes: Readonly<Record<Site["size"], Size>> = {
  clinic: {
    memory: 4_096,
    station: { heap: 384, most: 768 },
    speech: { cores: 2, most: 2_048 },
    database: { buffers: 192, cache: 768, work: 4, connections: 40 },
    bridge: { heap: 512, participants: 20 },
    turn: { quota: 120, firstPort: 49_152, lastPort: 50_175 },
    journal: 256,
  },
  district: {
    memory: 16_384,
    station: { heap: 1_024, most: 2_048 },
    speech: { cores: 6, most: 6_144 },
    database: { buffers: 2_048, cache: 6_144, work: 8, connections: 100 },
    bridge: { heap: 2_048, participants: 120 },
    turn: { quota: 600, firstPort: 49_152, lastPort: 53_247 },
    journal: 1_024,
  },
  national: {
    memory: 65_536,
    station: { heap: 2_048, most: 4_096 },
    speech: { cores: 24, most: 24_576 },
    database: { buffers: 12_288, cache: 36_864, work: 16, connections: 300 },
    bridge: { heap: 4_096, participants: 500 },
    turn: { quota: 3_000, firstPort: 49_152, lastPort: 65_535 },
    journal: 4_096,
  },
};
