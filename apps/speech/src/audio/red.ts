export interface RedBlock {
  readonly payload: Uint8Array;
  /** 48 kHz ticks before the packet's own timestamp; 0 for the primary block. */
  readonly before: number;
}

/**
 * Blocks of a packet with redundant audio (RFC 2198), oldest first, the primary one last.
 * Undefined where the packet is broken.
 */
export function redBlocks(packet: Uint8Array): RedBlock[] | undefined {
  const heads: { before: number; length: number }[] = [];
  let at = 0;
  for (;;) {
    const first = packet[at];
    if (first === undefined) return undefined;
    if ((first & 0x80) === 0) {
      at += 1;
      break;
    }
    const [high, middle, low] = [packet[at + 1], packet[at + 2], packet[at + 3]];
    if (high === undefined || middle === undefined || low === undefined) return undefined;
    heads.push({ before: (high << 6) | (middle >> 2), length: ((middle & 3) << 8) | low });
    at += 4;
  }
  const blocks: RedBlock[] = [];
  for (const { before, length } of heads) {
    if (at + length > packet.length) return undefined;
    // An empty block stands for a packet that the sender had left out.
    if (length > 0) blocks.push({ payload: packet.subarray(at, at + length), before });
    at += length;
  }
  if (at >= packet.length) return undefined;
  blocks.push({ payload: packet.subarray(at), before: 0 });
  return blocks;
}
