import type { Log } from "@yizhan/http";
import { z } from "zod";
import { ask, textOf, type Wire } from "./wire.ts";

/** Milliseconds between two looks at a machine, and until one counts as not answered. */
const lookEvery = 5_000;
const lookWithin = 5_000;
/** A machine that hears with all its cores may be late once; so many times in a row it is gone. */
const lateLooks = 2;

const healthSchema = z.looseObject({
  status: z.literal("ok"),
  load: z.object({ slots: z.number().int().positive(), waiting: z.number().int().nonnegative() }),
});
export const listSchema = z.object({
  sessions: z.array(z.looseObject({ id: z.string(), connected: z.boolean().default(false) })),
});
export type Listed = z.infer<typeof listSchema>["sessions"][number];

/** What the choice of a machine rests on. */
export interface MachineLoad {
  /** Hearings at once. */
  readonly slots: number;
  /** Hearings that wait for an engine. */
  readonly waiting: number;
}

export interface MachineOptions extends Wire {
  readonly name: string;
  readonly token: string;
  readonly log: Log;
  /** It came, it went, or its list of conferences is another. */
  readonly changed: (machine: SpeechMachine) => void;
  readonly lookEvery?: number;
}

/** One machine that hears: whether it is there, how much it has to do, and which conferences it has. */
export class SpeechMachine {
  readonly name: string;
  readonly wire: Wire;
  #up = false;
  #load: MachineLoad = { slots: 1, waiting: 0 };
  #sessions: readonly Listed[] = [];
  /** What breaks off when the machine goes: sockets and streams through it. */
  readonly #open = new Set<() => void>();
  readonly #options: MachineOptions;
  readonly #closed = new AbortController();
  #late = 0;
  #losses = 0;
  #timer: NodeJS.Timeout | undefined;
  #follows = false;

  constructor(options: MachineOptions) {
    this.#options = options;
    this.name = options.name;
    this.wire = options;
  }

  get up(): boolean {
    return this.#up;
  }

  /** How often it went: what a conference told it before is not there any more. */
  get losses(): number {
    return this.#losses;
  }

  get load(): MachineLoad {
    return this.#load;
  }

  get sessions(): readonly Listed[] {
    return this.#sessions;
  }

  /** Looks now, and from then on again and again; settles after the first look. */
  async watch(): Promise<void> {
    await this.#look();
    const again = () => {
      this.#timer = setTimeout(() => void this.#look().then(again), this.#options.lookEvery ?? lookEvery);
    };
    again();
  }

  /** Somebody could not reach it: it counts as gone until a look finds it. */
  lost(error: unknown): void {
    if (!this.#up) return;
    this.#options.log.warn({ machine: this.name, reason: reasonOf(error) }, "a machine that hears is gone");
    this.#up = false;
    this.#losses += 1;
    this.#sessions = [];
    for (const end of this.#open) end();
    this.#open.clear();
    this.#options.changed(this);
  }

  /** Calls `end` when the machine goes, unless the returned function was called before. */
  during(end: () => void): () => void {
    this.#open.add(end);
    return () => this.#open.delete(end);
  }

  close(): void {
    clearTimeout(this.#timer);
    this.#closed.abort();
    for (const end of this.#open) end();
  }

  async #look(): Promise<void> {
    if (this.#closed.signal.aborted) return;
    try {
      const answer = await ask(this.wire, { path: "/healthz", within: lookWithin, signal: this.#closed.signal });
      const { load } = healthSchema.parse(JSON.parse(await textOf(answer)));
      this.#late = 0;
      this.#load = load;
      if (!this.#up) await this.#found();
      void this.#follow();
    } catch (error) {
      if (this.#closed.signal.aborted) return;
      this.#late += 1;
      // Nobody listens there, or it is not ours: that is certain at once.
      if (codeOf(error) !== undefined || this.#late >= lateLooks) this.lost(error);
    }
  }

  /** What it has is known before it is given more: this process may be the newer one. */
  async #found(): Promise<void> {
    this.#sessions = listSchema.parse(JSON.parse(await textOf(await this.#asked("/sessions")))).sessions;
    this.#up = true;
    this.#options.log.info({ machine: this.name }, "a machine that hears is there");
    this.#options.changed(this);
  }

  /** Its list of conferences, as long as it is told. */
  async #follow(): Promise<void> {
    if (this.#follows || this.#closed.signal.aborted) return;
    this.#follows = true;
    try {
      const answer = await this.#asked("/sessions/events");
      const leave = this.during(() => answer.destroy());
      let waiting = "";
      answer.setEncoding("utf8");
      for await (const piece of answer) {
        const lines = (waiting + String(piece)).split("\n");
        waiting = lines.pop() ?? "";
        for (const line of lines) if (line.startsWith("data:")) this.#told(line.slice(5));
      }
      leave();
      this.#brokeOff(new Error("its list ended"));
    } catch (error) {
      this.#brokeOff(error);
    } finally {
      this.#follows = false;
    }
  }

  /** The list lasts as long as the service there does: one that was started anew knows no conference, however quickly it was. */
  #brokeOff(error: unknown): void {
    if (!this.#closed.signal.aborted) this.lost(error);
  }

  #told(data: string): void {
    const list = listSchema.safeParse(JSON.parse(data));
    if (!list.success || !this.#up) return;
    this.#sessions = list.data.sessions;
    this.#options.changed(this);
  }

  #asked(path: string) {
    const headers = { authorization: `Bearer ${this.#options.token}` };
    return ask(this.wire, { path, headers, within: lookWithin, signal: this.#closed.signal });
  }
}

const codeOf = (error: unknown): string | undefined =>
  error instanceof Error && "code" in error && typeof error.code === "string" ? error.code : undefined;

/** Never more than a code or a name: what a machine answered may be anybody's words. */
export const reasonOf = (error: unknown): string => codeOf(error) ?? (error instanceof Error ? error.name : "unknown");
