/** Cuts a stream of pieces into pieces of exactly `size` bytes; the last one may be shorter, and is never empty. */
export async function* regroup(
  source: AsyncIterable<Uint8Array> | Iterable<Uint8Array>,
  size: number,
): AsyncGenerator<Uint8Array, void> {
  let filling = new Uint8Array(size);
  let filled = 0;
  for await (const piece of source) {
    let taken = 0;
    while (taken < piece.length) {
      const part = piece.subarray(taken, taken + size - filled);
      filling.set(part, filled);
      filled += part.length;
      taken += part.length;
      if (filled === size) {
        yield filling;
        filling = new Uint8Array(size);
        filled = 0;
      }
    }
  }
  if (filled > 0) yield filling.subarray(0, filled);
}
