/** 48 kHz ticks of one frame by the configuration number of an Opus packet (RFC 6716, table 2). */
function frameTicks(configuration: number): number {
  if (configuration < 12) return [480, 960, 1920, 2880][configuration % 4] ?? 960;
  if (configuration < 16) return configuration % 2 === 0 ? 480 : 960;
  return [120, 240, 480, 960][configuration % 4] ?? 960;
}

/** 120 ms: no Opus packet is longer. */
const longest = 5_760;

/**
 * Duration of an Opus packet in 48 kHz ticks, or undefined where its framing is broken (RFC 6716,
 * section 3): such a packet is told apart before the decoder sees it.
 */
export function opusTicks(packet: Uint8Array): number | undefined {
  const toc = packet[0];
  if (toc === undefined || packet.length > 3_840) return undefined;
  const one = frameTicks(toc >> 3);
  const code = toc & 3;
  if (code === 0) return packet.length - 1 <= 1_275 ? one : undefined;
  if (code === 1) return packet.length % 2 === 1 ? 2 * one : undefined;
  if (code === 2) {
    const first = frameLength(packet, 1);
    return first !== undefined && 1 + first.bytes + first.length <= packet.length ? 2 * one : undefined;
  }
  return severalFrames(packet, one);
}

function severalFrames(packet: Uint8Array, one: number): number | undefined {
  const head = packet[1];
  if (head === undefined) return undefined;
  const frames = head & 0x3f;
  if (frames === 0 || frames * one > longest) return undefined;
  let at = 2;
  let padding = 0;
  if ((head & 0x40) !== 0) {
    for (let byte = 255; byte === 255;) {
      const next = packet[at];
      if (next === undefined) return undefined;
      at += 1;
      byte = next;
      padding += byte === 255 ? 254 : byte;
    }
  }
  let content = 0;
  if ((head & 0x80) !== 0) {
    for (let index = 0; index < frames - 1; index += 1) {
      const frame = frameLength(packet, at);
      if (frame === undefined) return undefined;
      at += frame.bytes;
      content += frame.length;
    }
    return at + content + padding <= packet.length ? frames * one : undefined;
  }
  const rest = packet.length - at - padding;
  return rest >= 0 && rest % frames === 0 ? frames * one : undefined;
}

function frameLength(packet: Uint8Array, at: number): { bytes: number; length: number } | undefined {
  const first = packet[at];
  if (first === undefined) return undefined;
  if (first < 252) return { bytes: 1, length: first };
  const second = packet[at + 1];
  return second === undefined ? undefined : { bytes: 2, length: second * 4 + first };
}
