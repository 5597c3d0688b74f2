import { Readable } from "node:stream";
import { hostPaths, openArchive, type Part, type PartSource } from "@yizhan/host";
import { KitError } from "../errors.ts";
import type { RemoteHost } from "../fleet/ssh.ts";
import { bootstrapOf } from "./archive.ts";

export interface PushProgress {
  /** Bytes of what was missing. */
  readonly done: number;
  readonly total: number;
  readonly item: string;
}

export interface PushOptions {
  /** Files that travel beside the archive, by name. */
  readonly given?: ReadonlyMap<string, Uint8Array>;
  readonly onProgress?: (progress: PushProgress) => void;
  readonly signal?: AbortSignal;
  /** How often it is tried again without a byte having gone through. */
  readonly tries?: number;
  /** Milliseconds before the next try. */
  readonly pause?: (tries: number) => number;
}

/**
 * Sends what the host lacks of an archive: parts it has are not sent, a part that broke off goes on where it stopped, and each
 * counts only when its sum is right. A broken link is tried again. Throws `upload-failed`, and what the connection throws.
 */
export async function pushArchive(host: RemoteHost, archive: string, options: PushOptions = {}): Promise<void> {
  const source = await openArchive(archive);
  const parts = partsOf(source);
  const pause = options.pause ?? ((tries) => Math.min(30_000, 1_000 * 2 ** tries));
  let idle = 0;
  let before = Number.POSITIVE_INFINITY;
  for (;;) {
    try {
      const missing = await missingParts(host, parts, options);
      const left = missing.reduce((sum, one) => sum + one.part.size - one.have, 0);
      idle = left < before ? 0 : idle + 1;
      before = left;
      if (missing.length === 0) return await pushInbox(host, source, options);
      if (idle > 3) throw new KitError("upload-failed", { host: host.target.host, tries: idle, reason: "parts arrive damaged" });
      await sendParts(host, source, missing, options);
    } catch (error) {
      if (!(error instanceof KitError) || error.code !== "host-unreachable") throw error;
      if (idle >= (options.tries ?? 8))
        throw new KitError("upload-failed", { host: host.target.host, tries: idle, reason: String(error.values.reason) }, error);
      await waited(pause(idle), options.signal);
      idle += 1;
    }
  }
}

interface Missing {
  readonly part: Part;
  /** Bytes of it that are there. */
  readonly have: number;
}

async function missingParts(host: RemoteHost, parts: readonly Part[], options: PushOptions): Promise<Missing[]> {
  const script = `umask 077; mkdir -p ${hostPaths.parts} ${hostPaths.given} && cd ${hostPaths.parts} || exit 20
while read -r sum; do
  if [ -f "$sum" ]; then continue; fi
  if [ -f "$sum.partial" ]; then echo "$sum $(stat -c %s "$sum.partial")"; else echo "$sum 0"; fi
done`;
  const { code, stdout, stderr } = await host.run(script, {
    input: parts.map((part) => `${part.sha256}\n`).join(""),
    ...signalOf(options),
  });
  if (code !== 0) throw new KitError("upload-failed", { host: host.target.host, tries: 1, reason: stderr.trim() });
  const bySum = new Map(parts.map((part) => [part.sha256, part]));
  return stdout.split("\n").flatMap((line) => {
    const [sum = "", have = ""] = line.split(" ");
    const part = bySum.get(sum);
    // A partial that is longer than its part is begun anew.
    return part === undefined ? [] : [{ part, have: Number(have) > part.size ? 0 : Number(have) }];
  });
}

/** One connection for all parts: a line says which and how much, then come its bytes. */
async function sendParts(host: RemoteHost, source: PartSource, missing: readonly Missing[], options: PushOptions): Promise<void> {
  const script = `umask 077; cd ${hostPaths.parts} || exit 20
while read -r sum have rest; do
  if [ "$have" = 0 ]; then : >"$sum.partial"; fi
  head -c "$rest" >>"$sum.partial" || exit 28
  [ "$(stat -c %s "$sum.partial")" = "$((have + rest))" ] || exit 29
  if [ "$(sha256sum <"$sum.partial" | cut -c 1-64)" = "$sum" ]; then mv "$sum.partial" "$sum"; else rm -f "$sum.partial"; fi
done`;
  const total = missing.reduce((sum, one) => sum + one.part.size - one.have, 0);
  let done = 0;
  async function* framed(): AsyncGenerator<Uint8Array, void> {
    for (const { part, have } of missing) {
      yield Buffer.from(`${part.sha256} ${have} ${part.size - have}\n`);
      for await (const piece of source.stream(part.sha256, have)) {
        yield piece;
        done += piece.length;
        options.onProgress?.({ done, total, item: part.name });
      }
    }
  }
  const { code, stderr } = await host.run(script, {
    input: Readable.from(framed(), { objectMode: false }),
    ...signalOf(options),
  });
  if (code === 0) return;
  const { host: name, port, user } = host.target;
  // Less arrived than was announced: the session ended in the middle of a part.
  if (code === 29) throw new KitError("host-unreachable", { host: name, port, user, reason: "the connection was cut" });
  const full = /No space left|ENOSPC/.test(stderr) ? "No space left on device" : stderr.trim() || `exit ${code}`;
  throw new KitError("upload-failed", { host: host.target.host, tries: 1, reason: full });
}

/** Last the small files: an inbox names an archive only when all of it is there. */
async function pushInbox(host: RemoteHost, source: PartSource, options: PushOptions): Promise<void> {
  const files = new Map<string, Uint8Array>([
    ["yizhan-host", Buffer.from(bootstrapOf(source.manifest))],
    ["manifest.sig", source.signature ?? Buffer.alloc(0)],
    ["manifest.json", source.manifest],
  ]);
  for (const [name, content] of options.given ?? []) files.set(`given/${name}`, content);
  // Two operators may send at once: each writes files of its own, and each file appears whole.
  const script = `umask 077; cd ${hostPaths.inbox} || exit 20
new=".new.$$"; trap 'rm -f "$new"' EXIT
while read -r name size; do head -c "$size" >"$new" && mv "$new" "$name" || exit 28; done`;
  function* framed(): Generator<Uint8Array, void> {
    for (const [name, content] of files) {
      yield Buffer.from(`${name} ${content.length}\n`);
      yield content;
    }
  }
  const { code, stderr } = await host.run(script, {
    input: Readable.from(framed(), { objectMode: false }),
    ...signalOf(options),
  });
  if (code !== 0) throw new KitError("upload-failed", { host: host.target.host, tries: 1, reason: stderr.trim() });
}

function partsOf(source: PartSource): Part[] {
  const { parts } = JSON.parse(source.manifest.toString("utf8")) as { parts: Part[] };
  return [...new Map(parts.map((part) => [part.sha256, part])).values()];
}

function signalOf({ signal }: PushOptions): { signal?: AbortSignal } {
  return signal === undefined ? {} : { signal };
}

async function waited(ms: number, signal: AbortSignal | undefined): Promise<void> {
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(resolve, ms);
    signal?.addEventListener("abort", () => {
      clearTimeout(timer);
      reject(new KitError("stopped"));
    });
  });
}
