import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as rest } from "node:timers/promises";
import { ask, type Load, loadOf, type Slice } from "./load.ts";
import { databasePlace, writeConfig } from "./place.ts";
import { fill, startStation } from "./station-process.ts";
import { measured, type Measured, works } from "./works.ts";

export interface BenchStationOptions {
  readonly database: "pglite" | "postgres";
  /** Patients in the store before the measured part. */
  readonly resources: number;
  /** Requests under way at once; default 8. */
  readonly clients?: number;
  /** Seconds each measure runs; default 4. */
  readonly seconds?: number;
  /** Told what is going on. */
  readonly tell?: (doing: string) => void;
}

/** One measure: sealed and plain asked by several clients in turns, and sealed by one alone. */
export interface Figures {
  readonly sealed: Load;
  readonly plain: Load;
  readonly alone: Load;
}

export interface StationFigures {
  readonly loads: Readonly<Record<Measured, Figures>>;
  /**
   * Of the sealed station over the filled store: milliseconds to its first answer, MiB resident after a rest
   * of as many seconds as a measure runs, and after the last answer.
   */
  readonly start: number;
  readonly idle: number;
  readonly after: number;
}

/** Turns in which the two stations are asked: what else the machine does meets both alike. */
const turns = 2;

/**
 * Two stations in processes of their own, one that seals and one that does not, filled alike and asked over HTTP as a
 * hospital's system would, never both at once. Durable, audited, nothing switched off but the one's sealing.
 */
export async function benchStation(options: BenchStationOptions): Promise<StationFigures> {
  const { clients = 8, seconds = 4, resources, tell = () => undefined } = options;
  await using ends = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "yizhan-bench-"));
  ends.defer(() => rm(folder, { recursive: true, force: true }));
  const places = await databasePlace(options.database, folder, ends);
  const make = async (sealing: "sealed" | "plain") => {
    const own = join(folder, sealing);
    await mkdir(own, { mode: 0o700 });
    const { config, token } = await writeConfig(own, await places.of(sealing));
    const ids = await fill(config, sealing, resources, (filled) => tell(`fills the ${sealing} store: ${filled} of ${resources}`));
    return { sealing, config, token, ids };
  };
  const open = async ({ sealing, config, token, ids }: Awaited<ReturnType<typeof make>>) => {
    const station = await startStation(config, sealing);
    ends.defer(() => station.end());
    // What the start itself took is given back by then: PGlite's compiler holds hundreds of MiB for a moment.
    await rest(seconds * 1_000);
    const idle = await station.memory();
    const work = works(ids);
    return { station, idle, ask: (what: Measured, load: Parameters<typeof ask>[3]) => ask(station.url, token, work[what], load) };
  };
  const [plainStore, sealedStore] = await Promise.all([make("plain"), make("sealed")]);
  tell("lets the database come to rest");
  await places.settle();
  const [plain, sealed] = await Promise.all([open(plainStore), open(sealedStore)]);
  const loads: Partial<Record<Measured, Figures>> = {};
  for (const what of measured) {
    tell(what);
    // Not counted: code that a process runs for the first time is compiled meanwhile, and a station runs for months.
    for (const station of [plain, sealed]) await station.ask(what, { clients, seconds });
    const slices: { sealed: Slice[]; plain: Slice[] } = { sealed: [], plain: [] };
    for (let turn = 0; turn < turns; turn += 1) {
      slices.plain.push(await plain.ask(what, { clients, seconds: seconds / turns }));
      slices.sealed.push(await sealed.ask(what, { clients, seconds: seconds / turns }));
    }
    const alone = await sealed.ask(what, { clients: 1, seconds: seconds / turns });
    loads[what] = { sealed: loadOf(slices.sealed), plain: loadOf(slices.plain), alone: loadOf([alone]) };
  }
  return {
    loads: loads as Record<Measured, Figures>,
    start: sealed.station.startMs,
    idle: sealed.idle,
    after: await sealed.station.memory(),
  };
}
