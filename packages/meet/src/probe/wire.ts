import { createSocket } from "node:dgram";
import { once } from "node:events";
import { connect as connectTcp, isIPv6, type Socket } from "node:net";
import { connect as connectTls } from "node:tls";

export type Transport = "udp" | "tcp" | "tls";

export interface WireTarget {
  readonly transport: Transport;
  /** An IP address. */
  readonly address: string;
  readonly port: number;
  /** Whom the certificate has to name. */
  readonly name: string;
  /** Certificate of the station's own authority (PEM), in place of the public ones. */
  readonly authority?: string | undefined;
  /** True where only the way is asked about and whose certificate it is cannot be known. */
  readonly anyCertificate?: boolean;
}

/** A way to a STUN server that carries whole messages. */
export interface Wire {
  readonly reliable: boolean;
  send(message: Buffer): void;
  close(): void;
}

export interface WireEvents {
  onMessage(message: Buffer): void;
  /** The way is gone; nothing more comes. */
  onError(error: Error): void;
}

/** Rejects with the socket's own error where nobody listens; the way is connected when it resolves. */
export function openWire(target: WireTarget, events: WireEvents, signal: AbortSignal): Promise<Wire> {
  return target.transport === "udp" ? overUdp(target, events) : overStream(target, events, signal);
}

async function overUdp({ address, port }: WireTarget, events: WireEvents): Promise<Wire> {
  const socket = createSocket(isIPv6(address) ? "udp6" : "udp4");
  socket.on("message", events.onMessage);
  // Connected, so that the system tells of a port where nobody listens.
  socket.connect(port, address);
  await once(socket, "connect");
  socket.on("error", events.onError);
  return { reliable: false, send: (message) => socket.send(message), close: () => socket.close() };
}

async function overStream(target: WireTarget, events: WireEvents, signal: AbortSignal): Promise<Wire> {
  const { transport, address: host, port, name, authority, anyCertificate = false } = target;
  const socket: Socket =
    transport === "tcp"
      ? connectTcp({ host, port })
      : connectTls({
          host,
          port,
          servername: name,
          rejectUnauthorized: !anyCertificate,
          ...(authority === undefined ? {} : { ca: authority }),
        });
  try {
    await once(socket, transport === "tcp" ? "connect" : "secureConnect", { signal });
  } catch (error) {
    socket.destroy();
    throw error;
  }
  let waiting = Buffer.alloc(0);
  socket.on("data", (chunk: Buffer) => {
    waiting = Buffer.concat([waiting, chunk]);
    // Each message says its length; nothing else is sent here, for no channel is ever bound.
    while (waiting.length >= 20 && waiting.length >= 20 + waiting.readUInt16BE(2)) {
      const length = 20 + waiting.readUInt16BE(2);
      events.onMessage(waiting.subarray(0, length));
      waiting = waiting.subarray(length);
    }
  });
  socket.on("error", events.onError);
  socket.on("close", () => events.onError(new Error("the connection was closed")));
  return { reliable: true, send: (message) => void socket.write(message), close: () => socket.destroy() };
}
