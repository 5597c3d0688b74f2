import { BackupError } from "./errors.ts";

/**
 * A dump is a row of frames: kind (1 byte) ‖ length (4 bytes, big-endian) ‖ payload. Rows hold, for each
 * column, a length (4 bytes; all ones for NULL) and the bytes: a `bytea` as it is, anything else as
 * PostgreSQL's own text of it. So a dump of PGlite loads into PostgreSQL and the other way.
 * After the rows, each attachment: a `file` that names it, `piece`s with its sealed bytes as they are.
 */
export const frameKinds = { header: 1, table: 2, rows: 3, sequence: 4, end: 5, file: 6, piece: 7 } as const;
export type FrameKind = keyof typeof frameKinds;

export interface Frame {
  readonly kind: FrameKind;
  readonly payload: Uint8Array;
}

export type Cell = Uint8Array | string | null;

const headLength = 5;
const nothing = 0xff_ff_ff_ff;
/** No writer makes a larger frame: one row of the largest sealed values, with room. */
const largestFrame = 256 * 1024 * 1024;
const kindOf = new Map<number, FrameKind>(Object.entries(frameKinds).map(([name, kind]) => [kind, name as FrameKind]));

export function encodeFrame(kind: FrameKind, payload: Uint8Array): Buffer {
  const frame = Buffer.allocUnsafe(headLength + payload.length);
  frame.writeUInt8(frameKinds[kind], 0);
  frame.writeUInt32BE(payload.length, 1);
  frame.set(payload, headLength);
  return frame;
}

export function jsonFrame(kind: FrameKind, value: unknown): Buffer {
  return encodeFrame(kind, Buffer.from(JSON.stringify(value)));
}

/** Cuts a stream of pieces of any size into frames. Throws `backup-damaged` for what is no frame. */
export async function* readFrames(pieces: AsyncIterable<Uint8Array>): AsyncGenerator<Frame, void> {
  let waiting: Uint8Array[] = [];
  let size = 0;
  let wanted = headLength;
  for await (const piece of pieces) {
    waiting.push(piece);
    size += piece.length;
    while (size >= wanted) {
      const bytes = waiting.length === 1 && waiting[0] !== undefined ? Buffer.from(waiting[0]) : Buffer.concat(waiting);
      const kind = kindOf.get(bytes.readUInt8(0));
      const length = bytes.readUInt32BE(1);
      if (kind === undefined || length > largestFrame)
        throw new BackupError("backup-damaged", "The backup's content is not one.");
      const end = headLength + length;
      if (bytes.length < end) {
        waiting = [bytes];
        wanted = end;
        break;
      }
      yield { kind, payload: bytes.subarray(headLength, end) };
      waiting = [bytes.subarray(end)];
      size = bytes.length - end;
      wanted = headLength;
    }
  }
  if (size > 0) throw new BackupError("backup-truncated", "The backup's content ends in the middle.");
}

export function encodeCells(cells: readonly Cell[]): Buffer {
  return Buffer.concat(
    cells.flatMap((cell) => {
      const length = Buffer.allocUnsafe(4);
      if (cell === null) {
        length.writeUInt32BE(nothing);
        return [length];
      }
      const bytes = typeof cell === "string" ? Buffer.from(cell) : cell;
      length.writeUInt32BE(bytes.length);
      return [length, bytes];
    }),
  );
}

/** The cells of a `rows` frame, one after the other. */
export function* decodeCells(payload: Uint8Array): Generator<Uint8Array | null, void> {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.length);
  for (let at = 0; at < bytes.length;) {
    if (at + 4 > bytes.length) throw new BackupError("backup-damaged", "A row of the backup is not one.");
    const length = bytes.readUInt32BE(at);
    at += 4;
    if (length === nothing) {
      yield null;
      continue;
    }
    if (at + length > bytes.length) throw new BackupError("backup-damaged", "A row of the backup is not one.");
    yield bytes.subarray(at, at + length);
    at += length;
  }
}
