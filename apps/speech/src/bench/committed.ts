import type { CaptionEvent } from "@yizhan/meet";

/** Counts how often text that was committed changed: it should be never. */
export class CommittedWatch {
  changes = 0;
  /** Interims that had committed something before their final. */
  commits = 0;
  readonly #committed = new Map<string, string>();

  take(event: CaptionEvent): void {
    if (event.type !== "line") return;
    const before = this.#committed.get(event.segmentId) ?? "";
    if (!event.text.startsWith(before) || event.committed < before.length) this.changes += 1;
    if (!event.final && event.committed > before.length) this.commits += 1;
    this.#committed.set(event.segmentId, event.text.slice(0, event.committed));
  }
}
