import type { Log } from "@yizhan/http";
import { SpeechMachine } from "./machine.ts";
import { spreadMetrics } from "./metrics.ts";
import { type People, Placements } from "./placement.ts";
import { ask, type Wire } from "./wire.ts";

export interface SpreadOptions extends Omit<Wire, "url"> {
  readonly machines: readonly { readonly name: string; readonly url: string }[];
  readonly token: string;
  readonly log: Log;
  readonly lookEvery?: number;
}

/** The machines that hear for a station, and which conference each has. */
export class Spread {
  readonly machines: readonly SpeechMachine[];
  readonly metrics = spreadMetrics();
  readonly #placements: Placements<SpeechMachine>;
  readonly #watchers = new Set<() => void>();
  readonly #token: string;

  constructor({ machines, ...options }: SpreadOptions) {
    this.#token = options.token;
    const changed = () => {
      for (const watcher of this.#watchers) watcher();
    };
    this.machines = machines.map((one) => new SpeechMachine({ ...options, ...one, changed }));
    this.#placements = new Placements(this.machines);
  }

  /** Settles when each machine was looked at once. */
  async watch(): Promise<void> {
    await Promise.all(this.machines.map((machine) => machine.watch()));
  }

  /**
   * The machine of a conference; one that takes it up from another was told before who speaks what. Undefined where none is
   * there.
   */
  async machineOf(id: string): Promise<SpeechMachine | undefined> {
    for (let tries = 0; tries <= this.machines.length; tries += 1) {
      const place = this.#placements.of(id);
      if (place === undefined) return undefined;
      const { machine, people, taken } = place;
      if (!taken || Object.keys(people).length === 0) return machine;
      try {
        await this.#tell(machine, id, people);
        this.metrics.taken.inc();
        return machine;
      } catch (error) {
        machine.lost(error);
      }
    }
    return undefined;
  }

  /** The machine with the least to do, for what belongs to no conference. */
  any(): SpeechMachine | undefined {
    return this.#placements.least();
  }

  told(id: string, people: People): void {
    this.#placements.told(id, people);
  }

  conferences(machine: SpeechMachine): number {
    return this.#placements.count(machine);
  }

  /** Calls back when a machine or a conference comes or goes, until the returned function is called. */
  onChange(changed: () => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }

  /** Every conference, as its machine lists it. */
  sessions() {
    const all = new Map<string, SpeechMachine["sessions"][number]>();
    for (const machine of this.machines)
      for (const session of machine.sessions) {
        // A machine that was thought gone may still keep one that another took up: the one that is held counts.
        if (session.connected || !all.has(session.id)) all.set(session.id, session);
      }
    return { sessions: [...all.values()] };
  }

  async figures(): Promise<string> {
    const { up, conferences, waiting, losses, registry } = this.metrics;
    for (const machine of this.machines) {
      const labels = { machine: machine.name };
      up.set(labels, machine.up ? 1 : 0);
      conferences.set(labels, this.conferences(machine));
      waiting.set(labels, machine.load.waiting);
      losses.set(labels, machine.losses);
    }
    return registry.metrics();
  }

  close(): void {
    for (const machine of this.machines) machine.close();
  }

  async #tell(machine: SpeechMachine, id: string, people: People): Promise<void> {
    const answer = await ask(machine.wire, {
      path: `/sessions/${encodeURIComponent(id)}/languages`,
      method: "PUT",
      headers: { authorization: `Bearer ${this.#token}`, "content-type": "application/json" },
      body: Buffer.from(JSON.stringify(people)),
    });
    answer.resume();
    // What it refuses it would refuse again; the conference is heard nevertheless.
  }
}
