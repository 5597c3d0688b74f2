import { createSocket } from "node:dgram";
import { isIPv6 } from "node:net";
import { attributes, decodeStun, encodeStun, methods, newTransaction } from "./stun-message.ts";

/** What the bridge offered one participant: under this name and password it answers at its port. */
export interface IceOffer {
  readonly ufrag: string;
  readonly password: string;
  readonly port: number;
}

/** A connectivity check (RFC 8445) to the bridge's media port, as a browser's first packet: true where it is answered. */
export async function bridgeAnswers(address: string, offer: IceOffer, timeoutMs: number): Promise<boolean> {
  const transaction = newTransaction();
  const priority = Buffer.alloc(4);
  priority.writeUInt32BE(0x7eff_feff);
  const fields = new Map([
    [attributes.username, Buffer.from(`${offer.ufrag}:check`)],
    [attributes.priority, priority],
    [attributes.iceControlling, Buffer.alloc(8, 1)],
  ]);
  const request = encodeStun({ method: methods.binding, kind: "request", transaction, attributes: fields }, offer.password);
  const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
  const { promise, resolve } = Promise.withResolvers<boolean>();
  socket.on("message", (bytes) => {
    if (decodeStun(bytes)?.transaction.equals(transaction) === true) resolve(true);
  });
  socket.on("error", () => resolve(false));
  const timer = setTimeout(() => resolve(false), timeoutMs);
  // UDP loses packets.
  const repeat = setInterval(() => socket.send(request, offer.port, address), 300);
  try {
    socket.send(request, offer.port, address);
    return await promise;
  } finally {
    clearTimeout(timer);
    clearInterval(repeat);
    socket.close();
  }
}
