import { createHash, randomBytes } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, readFile, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import { z } from "zod";
import type { Part, PartKind } from "@yizhan/host";
import { writeWhole } from "../local/data-folder.ts";

/** Parts as they were made on this machine, each under its own sum; what was made once is not made again. */
export interface PartStore {
  /** Makes a part from bytes. With a `key` that names its content (versions, sums) it is made only the first time. */
  make(kind: PartKind, name: string, pieces: () => AsyncIterable<Uint8Array> | Iterable<Uint8Array>, key?: string): Promise<Part>;
  stream(sum: string): AsyncIterable<Uint8Array>;
}

const knownSchema = z.object({ sha256: z.string(), size: z.number() });

export async function openPartStore(folder: string): Promise<PartStore> {
  await mkdir(join(folder, "known"), { recursive: true });
  const pathOf = (sum: string) => join(folder, sum);
  return {
    async make(kind, name, pieces, key) {
      const mark =
        key === undefined ? undefined : join(folder, "known", createHash("sha256").update(`${kind}\n${key}`).digest("hex"));
      const known = mark === undefined ? undefined : await readKnown(mark);
      if (known !== undefined && (await sizeOf(pathOf(known.sha256))) === known.size) return { kind, name, ...known };
      const partial = join(folder, `.partial-${randomBytes(8).toString("hex")}`);
      const hash = createHash("sha256");
      let size = 0;
      const count = new Transform({
        transform(chunk: Buffer, _, done) {
          hash.update(chunk);
          size += chunk.length;
          done(null, chunk);
        },
      });
      try {
        await pipeline(Readable.from(pieces()), count, createWriteStream(partial));
        const sha256 = hash.digest("hex");
        await rename(partial, pathOf(sha256));
        if (mark !== undefined) await writeWhole(mark, JSON.stringify({ sha256, size }));
        return { kind, name, sha256, size };
      } finally {
        await rm(partial, { force: true });
      }
    },
    stream: (sum) => createReadStream(pathOf(sum), { highWaterMark: 1 << 20 }),
  };
}

async function readKnown(path: string): Promise<z.infer<typeof knownSchema> | undefined> {
  const text = await readFile(path, "utf8").catch(none);
  return text === undefined ? undefined : knownSchema.parse(JSON.parse(text));
}

async function sizeOf(path: string): Promise<number | undefined> {
  return (await stat(path).catch(none))?.size;
}

function none(error: NodeJS.ErrnoException): undefined {
  if (error.code === "ENOENT") return undefined;
  throw error;
}
