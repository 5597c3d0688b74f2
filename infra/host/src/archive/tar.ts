import { createReadStream } from "node:fs";
import { type FileHandle, open, readFile } from "node:fs/promises";

/** What goes into a tar: time, owner and order are never the machine's, so that the same content is the same bytes. */
export type TarEntry =
  | {
      readonly path: string;
      readonly mode: number;
      readonly size: number;
      readonly content: AsyncIterable<Uint8Array> | Iterable<Uint8Array>;
    }
  | { readonly path: string; readonly link: string }
  | { readonly path: string; readonly folder: true };

/** A file's entry; its content is read when the writer comes to it. */
export function fileEntry(path: string, source: string, size: number, mode: number): TarEntry {
  return { path, mode, size, content: size > large ? streamed(source) : whole(source) };
}

/** Most files are small and there are thousands: a stream's buffer for each would take longer than their content. */
const large = 1 << 18;

const streamed = (source: string): AsyncIterable<Uint8Array> => ({
  [Symbol.asyncIterator]: () => createReadStream(source, { highWaterMark: 1 << 20 })[Symbol.asyncIterator](),
});

const whole = (source: string): AsyncIterable<Uint8Array> => ({
  async *[Symbol.asyncIterator]() {
    const content = await readFile(source);
    if (content.length > 0) yield content;
  },
});

/** POSIX ustar, with a pax header where a name is too long for it (IEEE 1003.1, pax interchange format). */
export async function* writeTar(entries: AsyncIterable<TarEntry> | Iterable<TarEntry>): AsyncGenerator<Uint8Array, void> {
  for await (const entry of entries) {
    const link = "link" in entry ? entry.link : "";
    if (Buffer.byteLength(entry.path) > 100 || Buffer.byteLength(link) > 100) yield* paxHeader(entry.path, link);
    if ("link" in entry) yield header(entry.path, 0o777, 0, "2", link);
    else if ("folder" in entry) yield header(`${entry.path}/`, 0o755, 0, "5");
    else {
      yield header(entry.path, entry.mode, entry.size, "0");
      let written = 0;
      for await (const piece of entry.content) {
        written += piece.length;
        yield piece;
      }
      if (written !== entry.size) throw new Error(`${entry.path} changed while it was read: ${written} of ${entry.size} bytes`);
      yield padding(entry.size);
    }
  }
  yield Buffer.alloc(1024);
}

function* paxHeader(path: string, link: string): Generator<Uint8Array, void> {
  const record = (key: string, value: string): string => {
    const rest = ` ${key}=${value}\n`;
    const bare = Buffer.byteLength(rest);
    // The length counts its own digits.
    const guess = bare + String(bare).length;
    const length = bare + String(guess).length;
    return `${length}${rest}`;
  };
  const body = Buffer.from(record("path", path) + (link === "" ? "" : record("linkpath", link)));
  yield header("pax", 0o644, body.length, "x");
  yield body;
  yield padding(body.length);
}

function padding(size: number): Uint8Array {
  return Buffer.alloc((512 - (size % 512)) % 512);
}

function header(path: string, mode: number, size: number, type: string, link = ""): Uint8Array {
  const block = Buffer.alloc(512);
  const octal = (value: number, at: number, length: number) =>
    block.write(value.toString(8).padStart(length - 1, "0"), at, "latin1");
  block.write(path, 0, 100, "utf8");
  octal(mode, 100, 8);
  octal(0, 108, 8);
  octal(0, 116, 8);
  octal(size, 124, 12);
  octal(0, 136, 12);
  block.write("        ", 148, "latin1");
  block.write(type, 156, "latin1");
  block.write(link, 157, 100, "utf8");
  block.write("ustar\u000000", 257, "latin1");
  block.write("root", 265, "latin1");
  block.write("root", 297, "latin1");
  let sum = 0;
  for (const byte of block) sum += byte;
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148, "latin1");
  return block;
}

export interface TarMember {
  readonly offset: number;
  readonly size: number;
}

/**
 * Where each member of a tar with short plain names lies, without reading the members.
 * Answers undefined where the file is no such tar, or is cut short.
 */
export async function indexTar(path: string): Promise<ReadonlyMap<string, TarMember> | undefined> {
  const file = await open(path, "r");
  try {
    return await index(file);
  } finally {
    await file.close();
  }
}

async function index(file: FileHandle): Promise<ReadonlyMap<string, TarMember> | undefined> {
  const { size: whole } = await file.stat();
  const members = new Map<string, TarMember>();
  const block = Buffer.alloc(512);
  for (let at = 0; at + 512 <= whole;) {
    await file.read(block, 0, 512, at);
    if (block.every((byte) => byte === 0)) return members;
    if (block.toString("latin1", 257, 262) !== "ustar" || block[156] !== 0x30) return undefined;
    const name = block.toString("utf8", 0, 100).replace(/\0.*$/s, "");
    const size = Number.parseInt(block.toString("latin1", 124, 135), 8);
    if (!Number.isSafeInteger(size) || at + 512 + size > whole) return undefined;
    members.set(name, { offset: at + 512, size });
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return undefined;
}
