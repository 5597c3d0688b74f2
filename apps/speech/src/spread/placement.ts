/** What a choice between machines needs to know of each. */
export interface Choosable {
  readonly name: string;
  readonly up: boolean;
  readonly load: { readonly slots: number; readonly waiting: number };
}

/**
 * The machine with the least to do: conferences it has and hearings that wait, for each hearing it can do at once. Of two alike
 * the first by name. Undefined where none is up.
 */
export function leastLoaded<M extends Choosable>(machines: readonly M[], conferences: (machine: M) => number): M | undefined {
  const pressure = (machine: M) => (conferences(machine) + machine.load.waiting) / machine.load.slots;
  return machines
    .filter((machine) => machine.up)
    .toSorted((one, other) => pressure(one) - pressure(other) || (one.name < other.name ? -1 : 1))[0];
}

/** Milliseconds that a conference nobody uses keeps its place. */
const idleFor = 600_000;
/** Conferences whose people are remembered, at most. */
const most = 2_000;

/** Who speaks what, as it was told; the newest word on each counts. */
export type People = Readonly<Record<string, unknown>>;

interface Place<M> {
  machine: M;
  /** How often the machine had gone when it was given the conference. */
  losses: number;
  people: People;
  used: number;
}

/** Which machine has which conference, for as long as the conference lives and the machine is there. In memory alone. */
export class Placements<
  M extends Choosable & { readonly losses: number; readonly sessions: readonly { readonly id: string }[] },
> {
  readonly #machines: readonly M[];
  readonly #places = new Map<string, Place<M>>();
  readonly #now: () => number;

  constructor(machines: readonly M[], now: () => number = Date.now) {
    this.#machines = machines;
    this.#now = now;
  }

  /** The machine with the least to do; undefined where none is up. */
  least(): M | undefined {
    return leastLoaded(this.#machines, (one) => this.count(one));
  }

  /** How many conferences a machine has. */
  count(machine: M): number {
    let sum = 0;
    for (const place of this.#places.values()) if (place.machine === machine) sum += 1;
    return sum;
  }

  /**
   * The machine of a conference. `taken`: it had another before, or none, and has to be told who speaks what. Undefined where no
   * machine is up.
   */
  of(id: string): { readonly machine: M; readonly people: People; readonly taken: boolean } | undefined {
    const place = this.#places.get(id);
    if (place !== undefined && place.machine.up && place.losses === place.machine.losses) {
      place.used = this.#now();
      return { machine: place.machine, people: place.people, taken: false };
    }
    // This process may have started anew while the conference went on.
    const has = this.#machines.find((one) => one.up && one.sessions.some((session) => session.id === id));
    const machine = has ?? this.least();
    if (machine === undefined) return undefined;
    const people = place?.people ?? {};
    this.#places.set(id, { machine, losses: machine.losses, people, used: this.#now() });
    this.#sweep();
    return { machine, people, taken: has === undefined };
  }

  /** Remembers who speaks what, for the machine that may have to take the conference up. */
  told(id: string, people: People): void {
    const place = this.#places.get(id);
    if (place !== undefined) place.people = { ...place.people, ...people };
  }

  #sweep(): void {
    const before = this.#now() - idleFor;
    for (const [id, { machine, used }] of this.#places) {
      const lives = machine.sessions.some((session) => session.id === id);
      if ((used < before && !lives) || this.#places.size > most) this.#places.delete(id);
    }
  }
}
