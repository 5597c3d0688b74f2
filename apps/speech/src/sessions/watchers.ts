import type { CaptionEvent, Line, Translation } from "@yizhan/meet";

export type Watcher = (event: CaptionEvent) => void;

/** Finals that one who joins is shown. */
const remembered = 60;

/** Sends a session's events to whoever watches it, and tells those who join later what they missed. */
export class Watchers {
  readonly #watchers = new Set<Watcher>();
  readonly #participants = new Map<string, CaptionEvent>();
  readonly #finals = new Map<string, { line: Line; translations: Translation[] }>();
  readonly #interims = new Map<string, Line>();
  #health: CaptionEvent | undefined;
  #ended = false;

  get size(): number {
    return this.#watchers.size;
  }

  /** Calls `watcher` with what is known, then with every event until the returned function is called. */
  watch(watcher: Watcher): () => void {
    for (const event of this.known()) watcher(event);
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  known(): CaptionEvent[] {
    return [
      ...this.#participants.values(),
      ...[...this.#finals.values()].flatMap(({ line, translations }) => [line, ...translations]),
      ...this.#interims.values(),
      ...(this.#health === undefined ? [] : [this.#health]),
      ...(this.#ended ? [{ type: "ended" } as const] : []),
    ];
  }

  /** A final that is remembered, as it stands. */
  final(segmentId: string): Line | undefined {
    return this.#finals.get(segmentId)?.line;
  }

  emit(event: CaptionEvent): void {
    this.#remember(event);
    for (const watcher of this.#watchers) watcher(event);
  }

  #remember(event: CaptionEvent): void {
    switch (event.type) {
      case "participant":
        this.#participants.set(event.participant.id, event);
        this.#ended = false;
        return;
      case "line":
        if (!event.final) {
          this.#interims.set(event.segmentId, event);
          return;
        }
        this.#interims.delete(event.segmentId);
        this.#finals.set(event.segmentId, { line: event, translations: [] });
        for (const oldest of this.#finals.keys()) {
          if (this.#finals.size <= remembered) break;
          this.#finals.delete(oldest);
        }
        return;
      case "translation":
        this.#finals.get(event.segmentId)?.translations.push(event);
        return;
      case "health":
        this.#health = event;
        return;
      case "ended":
        this.#interims.clear();
        this.#ended = true;
    }
  }
}
