import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { HostError } from "../errors.ts";
import type { Part } from "./manifest.ts";
import { indexTar, type TarMember } from "./tar.ts";

/** Where an archive's parts come from: the one file, or the folder that an upload fills. */
export interface PartSource {
  readonly manifest: Buffer;
  /** Undefined where there is none. */
  readonly signature: Buffer | undefined;
  /** Bytes of a part from an offset on. Throws `part-missing`. */
  stream(sum: string, from?: number): AsyncIterable<Buffer>;
  has(part: Part): Promise<boolean>;
}

/** Throws `archive-unreadable`. */
export async function openArchive(path: string): Promise<PartSource> {
  const members = await indexTar(path).catch((error: NodeJS.ErrnoException) => {
    throw new HostError("archive-unreadable", `${path} cannot be read: ${error.code}.`, error);
  });
  const manifest = members?.get("manifest.json");
  if (members === undefined || manifest === undefined || manifest.size > 8_388_608)
    throw new HostError("archive-unreadable", `${path} is no archive of ours, or was cut short.`);
  const piece = (member: TarMember, from = 0) =>
    // An empty range cannot be asked for.
    member.size <= from
      ? noBytes()
      : createReadStream(path, { start: member.offset + from, end: member.offset + member.size - 1, highWaterMark: 1 << 18 });
  const small = async (name: string): Promise<Buffer | undefined> => {
    const member = members.get(name);
    if (member === undefined) return undefined;
    const pieces: Buffer[] = [];
    for await (const chunk of piece(member)) pieces.push(chunk as Buffer);
    return Buffer.concat(pieces);
  };
  return {
    manifest: (await small("manifest.json")) ?? Buffer.alloc(0),
    signature: await small("manifest.sig"),
    stream(sum, from) {
      const member = members.get(`parts/${sum}`);
      if (member === undefined) throw new HostError("part-missing", `The archive lacks its part ${sum}.`);
      return piece(member, from) as AsyncIterable<Buffer>;
    },
    has: async (part) => members.get(`parts/${part.sha256}`)?.size === part.size,
  };
}

/** What an upload left: `inbox/manifest.json`, `inbox/manifest.sig`, `parts/<sha256>`. */
export async function openInbox(inbox: string, parts: string): Promise<PartSource> {
  const small = (name: string) =>
    readFile(join(inbox, name)).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return undefined;
      throw error;
    });
  const manifest = await small("manifest.json");
  if (manifest === undefined) throw new HostError("archive-unreadable", `Nothing was uploaded to ${inbox}.`);
  return {
    manifest,
    signature: await small("manifest.sig"),
    stream: (sum, from) => existing(join(parts, sum), sum, from),
    has: (part) =>
      stat(join(parts, part.sha256)).then(
        (found) => found.size === part.size,
        (error: NodeJS.ErrnoException) => {
          if (error.code === "ENOENT") return false;
          throw error;
        },
      ),
  };
}

/** A part's bytes. After the last one the sum was right, or it throws `archive-altered`. */
export async function* checkedPart(source: PartSource, part: Part): AsyncGenerator<Buffer, void> {
  const hash = createHash("sha256");
  for await (const chunk of source.stream(part.sha256)) {
    hash.update(chunk);
    yield chunk;
  }
  if (hash.digest("hex") !== part.sha256)
    throw new HostError("archive-altered", `${part.kind} ${part.name} is not what was signed.`);
}

async function* existing(path: string, sum: string, start = 0): AsyncGenerator<Buffer, void> {
  try {
    for await (const chunk of createReadStream(path, { start, highWaterMark: 1 << 20 })) yield chunk as Buffer;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT")
      throw new HostError("part-missing", `Part ${sum} was not uploaded.`, error);
    throw error;
  }
}

async function* noBytes(): AsyncGenerator<Buffer, void> {
  // Nothing to say.
}
