import { createSocket } from "node:dgram";
import { randomBytes } from "node:crypto";

const cookie = 0x2112_a442;

/**
 * Asks a TURN server from here, over UDP, under which address it sees us (STUN binding, RFC 8489): shows that
 * its port is open from outside. Undefined where no answer comes in time.
 */
export async function stunBinding(host: string, port = 3478, timeoutMs = 3_000): Promise<string | undefined> {
  const transaction = randomBytes(12);
  const request = Buffer.alloc(20);
  request.writeUInt16BE(0x0001, 0);
  request.writeUInt32BE(cookie, 4);
  transaction.copy(request, 8);
  const socket = createSocket("udp4");
  const answered = Promise.withResolvers<string | undefined>();
  const timer = setTimeout(() => answered.resolve(undefined), timeoutMs);
  // UDP loses packets: asked three times, answered once.
  const repeat = setInterval(() => socket.send(request, port, host), timeoutMs / 3);
  socket.on("error", () => answered.resolve(undefined));
  socket.on("message", (answer) => {
    const address = mappedAddress(answer, transaction);
    if (address !== undefined) answered.resolve(address);
  });
  try {
    socket.send(request, port, host);
    return await answered.promise;
  } finally {
    clearTimeout(timer);
    clearInterval(repeat);
    socket.close();
  }
}

/** The address in a binding's answer, XOR-mapped or, from old servers, plain; undefined for anything else. */
export function mappedAddress(answer: Buffer, transaction: Buffer): string | undefined {
  if (answer.length < 20 || answer.readUInt16BE(0) !== 0x0101 || !answer.subarray(8, 20).equals(transaction)) return undefined;
  for (let at = 20; at + 4 <= answer.length;) {
    const type = answer.readUInt16BE(at);
    const length = answer.readUInt16BE(at + 2);
    const value = answer.subarray(at + 4, at + 4 + length);
    if ((type === 0x0020 || type === 0x0001) && value.length >= 8 && value[1] === 1) {
      const mask = type === 0x0020 ? cookie : 0;
      const port = value.readUInt16BE(2) ^ (mask >>> 16);
      const number = (value.readUInt32BE(4) ^ mask) >>> 0;
      return `${[24, 16, 8, 0].map((shift) => (number >>> shift) & 255).join(".")}:${port}`;
    }
    at += 4 + length + ((4 - (length % 4)) % 4);
  }
  return undefined;
}
