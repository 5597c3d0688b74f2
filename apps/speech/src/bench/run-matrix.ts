import { randomUUID } from "node:crypto";
import { loadavg } from "node:os";
import type { Engines } from "../engines/index.ts";
import { accuracy, type HeardTurn } from "./accuracy.ts";
import { trackOf } from "./cast.ts";
import { broken, finalsOf, type MatrixRun, networks, voicesOf } from "./matrix.ts";
import type { MatrixRow } from "./matrix-table.ts";
import { hearOffline } from "./offline.ts";
import { recorded } from "./recorded.ts";
import { benchReplay } from "./replay.ts";

export interface Matrix {
  readonly url: string;
  readonly token: string;
  readonly engines: Engines;
  readonly prompt: (language: string) => string | undefined;
  readonly runs: readonly MatrixRun[];
  /** Of each track; default: all of it. */
  readonly seconds?: number | undefined;
  readonly onRow: (row: MatrixRow) => void;
}

/** Seconds left of a pause, and by which the same person once more is later. */
const pause = 1;
const delay = 2.3;

/** Plays every run of the matrix, one after the other. Offline each turn is heard once, whichever runs it is in. */
export async function runMatrix({ url, token, engines, prompt, runs, seconds, onRow }: Matrix): Promise<void> {
  const known = new Map<string, HeardTurn>();
  for (const run of runs) {
    const tracks = await Promise.all(
      voicesOf(run).map(async ({ voice, copy }) =>
        trackOf(voice, await recorded(voice.recording), { pause, delay: copy * delay, seconds }),
      ),
    );
    const offline: HeardTurn[] = [];
    for (const { voice, said, header } of tracks) {
      const key = (start: number) => `${voice.recording} ${voice.speaker} ${start}`;
      const recording = await recorded(voice.recording);
      const unheard = said.filter(({ start }) => !known.has(key(start)));
      const heard = await hearOffline({ ...recording, header: { ...header, turns: unheard } }, engines.hearing, prompt);
      for (const [index, turn] of heard.entries()) known.set(key(unheard[index]?.start ?? 0), turn);
      offline.push(...said.flatMap(({ start }) => known.get(key(start)) ?? []));
    }
    const before = loadavg()[0] ?? 0;
    const { silence, impairments } = networks[run.network];
    const result = await benchReplay({ url, token, session: randomUUID(), recordings: tracks, silence, impairments });
    const { turns, first, interim, translation, missed, lostSegments, droppedInterims, committedChanges, cores, residentMb } =
      result;
    onRow({
      ...run,
      seconds: result.seconds,
      spoken: tracks.flatMap(({ header }) => header.turns).reduce((sum, { start, end }) => sum + end - start, 0),
      first,
      interim,
      finals: finalsOf(turns),
      translation,
      accuracy: accuracy(turns, offline),
      droppedInterims,
      missed,
      lostSegments,
      committedChanges,
      cores,
      residentMb,
      load: [before, loadavg()[0] ?? 0],
      broken: broken(result),
    });
  }
}
