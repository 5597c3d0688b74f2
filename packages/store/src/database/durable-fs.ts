import { fdatasyncSync } from "node:fs";
import type { PGlite } from "@electric-sql/pglite";
import { NodeFS } from "@electric-sql/pglite/nodefs";

/** What Emscripten's NODEFS looks like from here; it has no `fsync`, so that PGlite's would do nothing. */
interface NodeFiles {
  readonly stream_ops: { fsync?: (stream: { readonly nfd: number; readonly path?: string }) => number };
  tryFSOperation(work: () => void): void;
}

/**
 * PGlite's files in a folder, with an `fsync` that reaches the disk. With it PostgreSQL's promise holds: what
 * was committed survives a power cut. It costs one flush of the disk a commit: docs/decisions has figures.
 */
export class DurableNodeFS extends NodeFS {
  readonly #segments = new Set<string>();

  /** Segments of the write-ahead log, 16 MiB each, that were flushed since it was last asked to forget them. */
  get segments(): number {
    return this.#segments.size;
  }

  forgetSegments(): void {
    this.#segments.clear();
  }

  override async init(pg: PGlite, options: Parameters<NodeFS["init"]>[1]): ReturnType<NodeFS["init"]> {
    const made = await super.init(pg, options);
    const flush = (module: { readonly NODEFS?: NodeFiles }): void => {
      const files = module.NODEFS;
      if (files === undefined) throw new TypeError("this PGlite does not keep its files with NODEFS");
      files.stream_ops.fsync = (stream) => {
        files.tryFSOperation(() => fdatasyncSync(stream.nfd));
        if (stream.path?.includes("/pg_wal/")) this.#segments.add(stream.path);
        return 0;
      };
    };
    const { emscriptenOpts } = made;
    return { ...made, emscriptenOpts: { ...emscriptenOpts, preRun: [...(emscriptenOpts.preRun ?? []), flush as never] } };
  }
}
