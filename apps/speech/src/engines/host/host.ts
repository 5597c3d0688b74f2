import { EngineError } from "../errors.ts";
import type { Lane, OpenLane } from "./lane.ts";
import type { Answer, Task } from "./protocol.ts";

export interface HostOptions {
  /** For messages. */
  name: string;
  open: OpenLane;
  module: URL;
  data: unknown;
  /** Loading and each task must end within this; else the lane is ended and begun anew. Milliseconds. */
  loadMs: number;
  taskMs: number;
}

interface Pending {
  resolve(result: unknown): void;
  reject(error: EngineError): void;
  timer: NodeJS.Timeout;
}

interface Running {
  lane: Lane;
  ready: Promise<void>;
}

/**
 * One lane and what is under way in it. A lane that crashes or hangs takes its tasks with it: each rejects with
 * `engine-failed`, and the next task begins a new lane. Who calls decides about trying again.
 */
export class EngineHost {
  readonly #options: HostOptions;
  readonly #pending = new Map<number, Pending>();
  #running: Running | undefined;
  #next = 1;
  #closed = false;
  restarts = 0;

  constructor(options: HostOptions) {
    this.#options = options;
  }

  /** Loads the engine, if it is not loaded. Rejects with `model-broken`. */
  async start(): Promise<void> {
    await this.#lane();
  }

  async run<Result>(payload: unknown): Promise<Result> {
    const lane = await this.#lane();
    const id = this.#next++;
    return new Promise<Result>((resolve, reject) => {
      const timer = setTimeout(() => lane.kill(), this.#options.taskMs);
      this.#pending.set(id, { resolve: (result) => resolve(result as Result), reject, timer });
      lane.send({ id, payload } satisfies Task);
    });
  }

  close(): void {
    this.#closed = true;
    this.#running?.lane.kill();
  }

  async #lane(): Promise<Lane> {
    if (this.#closed) throw new EngineError("engine-failed", `${this.#options.name} is closed`);
    this.#running ??= this.#begin();
    const { lane, ready } = this.#running;
    await ready;
    return lane;
  }

  #begin(): Running {
    const { name, open, module, data, loadMs } = this.#options;
    const lane = open(module, data);
    const ready = new Promise<void>((resolve, reject) => {
      const timer = setTimeout(() => lane.kill(), loadMs);
      const settle = (error?: EngineError) => {
        clearTimeout(timer);
        if (error) reject(error);
        else resolve();
      };
      lane.onMessage((message) => {
        const answer = message as Answer;
        if (answer.kind === "ready") settle();
        else if (answer.kind === "broken") settle(new EngineError("model-broken", `${name} cannot be loaded: ${answer.message}`));
        else this.#settle(answer);
      });
      lane.onEnd((reason) => {
        settle(new EngineError("engine-failed", `${name} ended while loading: ${reason}`));
        this.#ended(reason);
      });
    });
    return { lane, ready };
  }

  #settle(answer: Extract<Answer, { id: number }>): void {
    const pending = this.#pending.get(answer.id);
    if (!pending) return;
    this.#pending.delete(answer.id);
    clearTimeout(pending.timer);
    if (answer.kind === "done") pending.resolve(answer.result);
    else pending.reject(new EngineError("engine-failed", `${this.#options.name}: ${answer.message}`));
  }

  #ended(reason: string): void {
    this.#running = undefined;
    if (!this.#closed) this.restarts++;
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer);
      reject(new EngineError("engine-failed", `${this.#options.name} ended: ${reason}`));
    }
    this.#pending.clear();
  }
}
