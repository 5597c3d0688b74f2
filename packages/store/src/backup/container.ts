import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { open } from "node:fs/promises";
import { z } from "zod";
import { BackupError } from "./errors.ts";

/** The three files: a database's content, a copy of the key store, the list of those forgotten. */
export const fileKinds = ["data", "keys", "tombstones"] as const;
export type FileKind = (typeof fileKinds)[number];

const openPartSchema = z.object({
  kind: z.enum(fileKinds),
  /** ISO 3166-1 alpha-2. */
  country: z.string().regex(/^[A-Z]{2}$/),
  /** ISO 8601. */
  createdAt: z.iso.datetime(),
});
/** What anyone may read of a backup: enough to sort a shelf of them. The rest is sealed. */
export type OpenPart = z.infer<typeof openPartSchema>;

const magic = "yizhan backup 1\n";
const longestOpenPart = 4_096;

/** A file's first bytes: a line that names the format, a line of JSON. What is sealed after it is bound to them. */
export function encodeOpenPart(part: OpenPart): { readonly bytes: Buffer; readonly binding: string } {
  const bytes = Buffer.from(`${magic}${JSON.stringify(part)}\n`);
  return { bytes, binding: bindingOf(bytes) };
}

export interface OpenedContainer {
  readonly part: OpenPart;
  /** Names the open part in what the sealed part is bound to. */
  readonly binding: string;
  /** The sealed part, from its beginning. */
  sealed(): AsyncIterable<Uint8Array>;
}

/** Reads a file's open part. Throws `backup-not-found`, `backup-not-one` (also for another kind of file), `backup-newer`. */
export async function openContainer(path: string, kind: FileKind): Promise<OpenedContainer> {
  const head = await readHead(path);
  if (!head.toString("latin1").startsWith(magic)) {
    if (/^yizhan backup \d+\n/.test(head.toString("latin1"))) {
      throw new BackupError("backup-newer", `${path} is of a form that only a newer Yizhan knows.`);
    }
    throw new BackupError("backup-not-one", `${path} is not a file of a backup.`);
  }
  const end = head.indexOf("\n", magic.length);
  const part = openPartSchema.safeParse(parseJson(head.subarray(magic.length, Math.max(end, 0)).toString("utf8")));
  if (!part.success) throw new BackupError("backup-damaged", `The first lines of ${path} do not read as they should.`);
  if (part.data.kind !== kind) {
    throw new BackupError("backup-not-one", `${path} holds ${part.data.kind} of a backup; ${kind} was expected.`);
  }
  const start = end + 1;
  return {
    part: part.data,
    binding: bindingOf(head.subarray(0, start)),
    sealed: () => createReadStream(path, { start, highWaterMark: 256 * 1024 }),
  };
}

async function readHead(path: string): Promise<Buffer> {
  try {
    await using file = await open(path, "r");
    const head = Buffer.alloc(longestOpenPart);
    const { bytesRead } = await file.read(head, 0, head.length, 0);
    return head.subarray(0, bytesRead);
  } catch (error) {
    throw new BackupError("backup-not-found", `${path} cannot be read.`, { cause: error });
  }
}

function bindingOf(openPart: Uint8Array): string {
  return createHash("sha256").update(openPart).digest("hex");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
