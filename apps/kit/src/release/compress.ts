import { type Duplex, Readable } from "node:stream";
import { constants, createGzip, createZstdCompress } from "node:zlib";

type Pieces = AsyncIterable<Uint8Array> | Iterable<Uint8Array>;

/** Level 3: a tenth larger than level 9 and made in a sixth of its time; a release is sent once and its parts not again. */
export const zstd = (pieces: Pieces): AsyncIterable<Uint8Array> =>
  through(pieces, createZstdCompress({ params: { [constants.ZSTD_c_compressionLevel]: 3, [constants.ZSTD_c_checksumFlag]: 1 } }));

/** For what a host unpacks before it has more than Debian's own tools. */
export const gzip = (pieces: Pieces, level = 6): AsyncIterable<Uint8Array> => through(pieces, createGzip({ level }));

function through(pieces: Pieces, transform: Duplex): AsyncIterable<Uint8Array> {
  const source = Readable.from(pieces);
  source.on("error", (error) => transform.destroy(error));
  return source.pipe(transform) as AsyncIterable<Uint8Array>;
}
