/**
 * Takes Opus packets out of Ogg pages (RFC 3533, RFC 7845) that come in pieces of whole pages.
 * Header packets are left out; a packet may go on in the next page.
 */
export class OggPackets {
  #begun: Uint8Array[] = [];

  /** Opus packets that end in `bytes`. Undefined where it is no Ogg. */
  take(bytes: Uint8Array): Uint8Array[] | undefined {
    const packets: Uint8Array[] = [];
    let at = 0;
    while (at < bytes.length) {
      const segments = bytes[at + 26];
      if (segments === undefined || !startsWith(bytes.subarray(at), "OggS")) return undefined;
      const table = bytes.subarray(at + 27, at + 27 + segments);
      const continued = ((bytes[at + 5] ?? 0) & 1) === 1;
      if (!continued) this.#begun = [];
      at += 27 + segments;
      for (let index = 0, length = 0; index < table.length; index += 1) {
        const lacing = table[index] ?? 0;
        length += lacing;
        const ends = lacing < 255;
        if (!ends && index < table.length - 1) continue;
        if (at + length > bytes.length) return undefined;
        this.#begun.push(bytes.subarray(at, at + length));
        at += length;
        length = 0;
        if (!ends) continue;
        const packet = joined(this.#begun);
        this.#begun = [];
        if (packet.length > 0 && !startsWith(packet, "OpusHead") && !startsWith(packet, "OpusTags")) packets.push(packet);
      }
      if (this.#begun.reduce((sum, part) => sum + part.length, 0) > 65_536) return undefined;
    }
    return packets;
  }
}

function startsWith(bytes: Uint8Array, text: string): boolean {
  return bytes.length >= text.length && [...text].every((letter, index) => bytes[index] === letter.charCodeAt(0));
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [only] = parts;
  if (only !== undefined && parts.length === 1) return only;
  return Uint8Array.from(Buffer.concat(parts));
}
