import { type KeyBytes, type KeyStore, openRootFile, sealRootFile, VaultError } from "@yizhan/vault";
import { z } from "zod";
import { encodeOpenPart, type FileKind, openContainer } from "./container.ts";
import { assertCountry } from "./data-file.ts";
import { BackupError } from "./errors.ts";
import { explained } from "./opened.ts";
import { writeWhole } from "./write-file.ts";

/** Lines of JSON: tombstones first, so that whoever reads a key knows already whether it must not come back. */
const lineSchema = z.union([
  z.strictObject({ forgotten: z.string() }),
  z.strictObject({ subject: z.string(), version: z.number().int(), wrapped: z.base64() }),
  z.strictObject({ end: z.literal(true), keys: z.number().int(), forgotten: z.number().int() }),
]);

export interface KeyCounts {
  readonly keys: number;
  readonly forgotten: number;
}

export interface RootPlace {
  readonly root: KeyBytes;
  readonly country: string;
}

const page = 500;

/** Every tombstone of a key store, page by page. */
async function* tombstonesOf(store: Pick<KeyStore, "tombstones">): AsyncGenerator<string, void> {
  let after: string | undefined;
  do {
    const names = await store.tombstones(after, page);
    yield* names;
    after = names.at(-1);
  } while (after !== undefined);
}

async function* linesOf(store: Pick<KeyStore, "tombstones" | "list">, kind: FileKind): AsyncGenerator<Buffer, void> {
  const line = (value: z.infer<typeof lineSchema>) => Buffer.from(`${JSON.stringify(value)}\n`);
  let forgotten = 0;
  let keys = 0;
  for await (const name of tombstonesOf(store)) {
    forgotten += 1;
    yield line({ forgotten: name });
  }
  let after: string | undefined;
  if (kind === "keys") {
    do {
      const found = await store.list(after, page);
      for (const { subject, version, wrapped } of found) {
        keys += 1;
        yield line({ subject, version, wrapped: Buffer.from(wrapped).toString("base64") });
      }
      after = found.at(-1)?.subject;
    } while (after !== undefined);
  }
  yield line({ end: true, keys, forgotten });
}

/**
 * Copies the key store (wrapped keys and tombstones), or its tombstones alone, into a file sealed under the
 * country root. Keep the newest copy only: an older one still holds keys of people forgotten since.
 */
export async function writeKeysFile(
  path: string,
  kind: "keys" | "tombstones",
  store: Pick<KeyStore, "tombstones" | "list">,
  place: RootPlace,
  createdAt = new Date(),
): Promise<number> {
  const { bytes, binding } = encodeOpenPart({ kind, country: place.country, createdAt: createdAt.toISOString() });
  const sealed = sealRootFile(place.root, { country: place.country, purpose: `${kind}/${binding}` }, linesOf(store, kind));
  async function* pieces(): AsyncGenerator<Uint8Array, void> {
    yield bytes;
    yield* sealed;
  }
  return writeWhole(path, pieces());
}

/**
 * Puts a copy's tombstones, then its keys, into a key store. A subject that has a tombstone, in the copy or in
 * the store, gets no key. Throws `backup-other-root`, `backup-other-country`, `backup-damaged`, `backup-truncated`.
 */
export async function loadKeysFile(
  path: string,
  kind: "keys" | "tombstones",
  into: Pick<KeyStore, "put" | "destroy">,
  place: RootPlace,
): Promise<KeyCounts> {
  const { part, binding, sealed } = await openContainer(path, kind);
  assertCountry(path, part.country, place.country);
  const text = openRootFile(place.root, { country: place.country, purpose: `${kind}/${binding}` }, sealed());
  const opened = explained(path, text, ["backup-damaged", "was changed after it was sealed"]);
  const counts = { keys: 0, forgotten: 0 };
  let ended = false;
  for await (const text of linesIn(opened)) {
    const line = parseLine(path, text);
    if (ended) throw new BackupError("backup-damaged", `${path} goes on after its end.`);
    if ("forgotten" in line && !("end" in line)) {
      await into.destroy(line.forgotten);
      counts.forgotten += 1;
    } else if ("subject" in line) {
      await putUnlessForgotten(into, line);
      counts.keys += 1;
    } else {
      ended = line.keys === counts.keys && line.forgotten === counts.forgotten;
      if (!ended) throw new BackupError("backup-damaged", `${path} does not hold what it says.`);
    }
  }
  if (!ended) throw new BackupError("backup-truncated", `${path} ends before its end mark.`);
  return counts;
}

async function putUnlessForgotten(
  into: Pick<KeyStore, "put">,
  key: { readonly subject: string; readonly version: number; readonly wrapped: string },
): Promise<void> {
  try {
    await into.put({ ...key, wrapped: new Uint8Array(Buffer.from(key.wrapped, "base64")) });
  } catch (error) {
    if (!(error instanceof VaultError) || error.code !== "subject-forgotten") throw error;
  }
}

/** Whole lines without their end; what stands after the last end of line is no line. */
async function* linesIn(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<string, void> {
  const decoder = new TextDecoder();
  let rest = "";
  for await (const piece of pieces) {
    const lines = (rest + decoder.decode(piece, { stream: true })).split("\n");
    rest = lines.pop() ?? "";
    yield* lines;
  }
}

function parseLine(path: string, text: string): z.infer<typeof lineSchema> {
  try {
    return lineSchema.parse(JSON.parse(text));
  } catch (error) {
    throw new BackupError("backup-damaged", `${path} holds a line that is not one.`, { cause: error });
  }
}
