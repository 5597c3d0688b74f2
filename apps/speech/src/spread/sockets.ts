import type { Log } from "@yizhan/http";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { bearerOf } from "../sockets/authorise.ts";
import { reasonOf, type SpeechMachine } from "./machine.ts";
import type { Spread } from "./spread.ts";
import { open, textOf } from "./wire.ts";

interface PassOptions {
  readonly spread: Spread;
  readonly allowed: (token: string | undefined) => boolean;
  readonly log: Log;
}

/** Milliseconds until a machine has taken a socket. */
const takenWithin = 10_000;

/** The bridges' and microphones' sockets, each to the machine of its conference. */
export function passSockets({ spread, allowed, log }: PassOptions) {
  return (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const url = URL.parse(request.url ?? "/", "http://localhost");
    const id = url === null ? undefined : conferenceOf(url);
    if (url === null || id === undefined) return refuse(socket, "404 Not Found");
    if (!allowed(bearerOf(request.headers.authorization) ?? url.searchParams.get("auth_token") ?? undefined))
      return refuse(socket, "401 Unauthorized");
    void (async () => {
      // A machine that turns out to be gone now is not chosen again.
      for (let tries = 0; tries < spread.machines.length; tries += 1) {
        const machine = await spread.machineOf(id);
        if (machine === undefined) break;
        if (await passed(request, socket, head, machine)) return;
      }
      refuse(socket, "503 Service Unavailable");
    })().catch((error: unknown) => {
      log.warn({ reason: reasonOf(error) }, "a socket could not be passed on");
      refuse(socket, "503 Service Unavailable");
    });
  };
}

/** The conference that a socket is for: a bridge's, a microphone's, or that of an older bridge. */
function conferenceOf(url: URL): string | undefined {
  const older = /^\/streaming-whisper\/ws\/([^/]{1,256})$/.exec(url.pathname)?.[1];
  if (older !== undefined) return older;
  if (url.pathname !== "/transcribe" && url.pathname !== "/microphone") return undefined;
  const id = url.searchParams.get("sessionId");
  return id === null || id === "" || id.length > 256 ? undefined : id;
}

/** False: the machine was not there, and nothing was said to the other side yet. */
async function passed(request: IncomingMessage, socket: Duplex, head: Buffer, machine: SpeechMachine): Promise<boolean> {
  const asked = open(machine.wire, { path: request.url ?? "/", headers: handed(request) });
  const done = Promise.withResolvers<boolean>();
  const late = setTimeout(() => asked.destroy(new Error("no answer in time")), takenWithin);
  socket.once("close", () => asked.destroy());
  asked.on("upgrade", (answer, there, first) => {
    clearTimeout(late);
    const leave = machine.during(() => there.destroy());
    // Whichever side ends or breaks off, the other does.
    there.on("close", () => {
      leave();
      socket.destroy();
    });
    socket.on("close", () => there.destroy());
    for (const side of [there, socket]) side.on("error", () => side.destroy());
    const lines = headerLines(answer);
    socket.write(`HTTP/1.1 101 Switching Protocols\r\n${lines.join("\r\n")}\r\n\r\n`);
    if (first.length > 0) socket.write(first);
    if (head.length > 0) there.write(head);
    there.pipe(socket).pipe(there);
    done.resolve(true);
  });
  asked.on("response", (answer) => {
    clearTimeout(late);
    const refused = async () => {
      refuse(socket, `${answer.statusCode ?? 502} ${answer.statusMessage ?? ""}`, await textOf(answer));
      done.resolve(true);
    };
    refused().catch(done.reject);
  });
  asked.on("error", (error) => {
    clearTimeout(late);
    if (socket.destroyed) return done.resolve(true);
    machine.lost(error);
    done.resolve(false);
  });
  asked.end();
  return done.promise;
}

/** What a WebSocket's opening says, without what belongs to this connection's own ends. */
function handed({ headers }: IncomingMessage): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => name === "authorization" || name.startsWith("sec-websocket-"));
  return {
    ...Object.fromEntries(kept.map(([name, value]) => [name, String(value)])),
    connection: "Upgrade",
    upgrade: "websocket",
  };
}

function headerLines({ rawHeaders }: IncomingMessage): string[] {
  const lines: string[] = [];
  for (let at = 0; at < rawHeaders.length; at += 2) lines.push(`${rawHeaders[at]}: ${rawHeaders[at + 1]}`);
  return lines;
}

function refuse(socket: Duplex, status: string, body = ""): void {
  if (socket.destroyed) return;
  const challenge = status.startsWith("401") ? "WWW-Authenticate: Bearer\r\n" : "";
  socket.end(
    `HTTP/1.1 ${status}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n${challenge}Connection: close\r\n\r\n${body}`,
  );
}
