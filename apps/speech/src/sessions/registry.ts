import { Session, type SessionDeps } from "./session.ts";

export interface RegistryOptions extends SessionDeps {
  /** Milliseconds that a session without a socket is kept. Default five minutes. */
  readonly keep?: number;
  /** Sessions at once, at most. Default 500. */
  readonly limit?: number;
}

/** Milliseconds after which a bridge that was cut off is not expected back: it tries at least every 30 s. */
const reconnects = 90_000;

/** Every session by its id, kept for a while after its last socket is gone. */
export class Registry {
  readonly #options: RegistryOptions;
  readonly #sessions = new Map<string, Session>();
  /** When each session was last in use. */
  readonly #used = new Map<string, number>();
  /** When each session was last seen with a socket. */
  readonly #connected = new Map<string, number>();
  readonly #watchers = new Set<() => void>();
  #stop: (() => void) | undefined;

  constructor(options: RegistryOptions) {
    this.#options = options;
    this.#sweepLater();
  }

  get size(): number {
    return this.#sessions.size;
  }

  /** The session of this id, made where there is none. Undefined where there is no room for it. */
  open(id: string): Session | undefined {
    let session = this.#sessions.get(id);
    if (session === undefined) {
      if (this.#sessions.size >= (this.#options.limit ?? 500)) return undefined;
      session = new Session(id, { ...this.#options, changed: () => this.#tell() });
      this.#sessions.set(id, session);
    }
    this.#used.set(id, this.#options.clock.now());
    return session;
  }

  /** The session of this id, if there is one. */
  find(id: string): Session | undefined {
    return this.#sessions.get(id);
  }

  list(): Session[] {
    return [...this.#sessions.values()];
  }

  /** Calls back whenever sessions, their people or their sockets come and go, until the returned function is called. */
  watch(changed: () => void): () => void {
    this.#watchers.add(changed);
    return () => this.#watchers.delete(changed);
  }

  #tell(): void {
    for (const changed of this.#watchers) changed();
  }

  close(): void {
    this.#stop?.();
    for (const session of this.#sessions.values()) session.close();
    this.#sessions.clear();
  }

  #sweepLater(): void {
    this.#stop = this.#options.clock.after(30_000, () => {
      this.#sweep();
      this.#sweepLater();
    });
  }

  #sweep(): void {
    const now = this.#options.clock.now();
    for (const [id, session] of this.#sessions) {
      if (session.connected) this.#connected.set(id, now);
      else if (!session.ended && now - (this.#connected.get(id) ?? now) >= reconnects) {
        // The bridge went away without a word.
        void session.end().catch((error: unknown) => this.#options.log.warn({ err: error }, "session did not end in order"));
      }
      if (session.connected || session.watchers.size > 0) this.#used.set(id, now);
      else if (now - (this.#used.get(id) ?? 0) >= (this.#options.keep ?? 300_000)) {
        session.close();
        this.#sessions.delete(id);
        this.#used.delete(id);
        this.#connected.delete(id);
        this.#tell();
      }
    }
  }
}
