import { type Asked, Connection } from "./client.ts";

/** How often it was answered, and how long each answer took. */
export interface Load {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
}

export interface Slice {
  /** Milliseconds, one for each answer. */
  readonly times: readonly number[];
  /** How long it was asked for. */
  readonly seconds: number;
}

/**
 * Asks from `clients` at once, each on its own warm connection and each the next thing as soon as it has its answer, for
 * `seconds`. Throws at the first answer that is not a success: a server that refuses quickly is not a fast one.
 */
export async function ask(
  base: string,
  token: string,
  next: () => Asked,
  { clients, seconds }: { readonly clients: number; readonly seconds: number },
): Promise<Slice> {
  const connections = await Promise.all(Array.from({ length: clients }, () => Connection.open(base, token)));
  const times: number[] = [];
  const start = performance.now();
  const end = start + seconds * 1_000;
  await Promise.all(
    connections.map(async (connection) => {
      for (let began = performance.now(); began < end; began = performance.now()) {
        await connection.ask(next());
        times.push(performance.now() - began);
      }
      connection.close();
    }),
  );
  return { times, seconds: (performance.now() - start) / 1_000 };
}

export function loadOf(slices: readonly Slice[]): Load {
  const times = slices.flatMap((slice) => slice.times).toSorted((a, b) => a - b);
  const seconds = slices.reduce((sum, slice) => sum + slice.seconds, 0);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  return { perSecond: times.length / seconds, p50: at(0.5), p95: at(0.95) };
}
