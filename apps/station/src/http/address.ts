import type { Context } from "hono";
import type { StationEnv } from "./env.ts";

const loopback = /^(::1|127\.\d+\.\d+\.\d+|::ffff:127\.\d+\.\d+\.\d+)$/;

/**
 * The caller's network address. A proxy on this machine is believed: its last `X-Forwarded-For`
 * entry is the one it saw itself. `undefined` where the request did not come through a socket.
 */
export function callerAddress(context: Context<StationEnv>): string | undefined {
  const socket = context.env?.incoming?.socket.remoteAddress;
  if (socket === undefined || !loopback.test(socket)) return socket;
  return context.req.header("x-forwarded-for")?.split(",").at(-1)?.trim() ?? socket;
}

/** Whether a process of this machine asks, itself and not through a proxy. */
export function fromThisMachine(context: Context<StationEnv>): boolean {
  const socket = context.env?.incoming?.socket.remoteAddress;
  const forwarded = context.req.header("x-forwarded-for") ?? context.req.header("forwarded");
  return socket !== undefined && loopback.test(socket) && forwarded === undefined;
}
