import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import type { Log } from "@yizhan/http";
import { WebSocket, WebSocketServer } from "ws";
import type { SpeechClient } from "../sessions/speech-client.ts";
import type { Tickets } from "./tickets.ts";

/** Bytes that may wait for a speech service that is behind: half a minute of sound. More, and the page is told. */
const backlog = 1_000_000;
const path = /^\/assisted\/microphone$/;
const protocol = "yizhan.ticket.";

/**
 * `/assisted/microphone?participant=a&lang=pt` (or `?participant=a&participant=b`, who share it) with the subprotocol `yizhan.ticket.<ticket>`: a page's sound goes
 * through the station to the speech service, whose token never leaves the station.
 */
export function assistedMicrophone(speech: SpeechClient | undefined, tickets: Tickets, log: Log) {
  const server = new WebSocketServer({
    noServer: true,
    maxPayload: 65_536,
    perMessageDeflate: false,
    handleProtocols: (offered) => [...offered].find((one) => one.startsWith(protocol)) ?? false,
  });

  function upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
    const url = URL.parse(request.url ?? "/", "http://localhost");
    if (url === null || !path.test(url.pathname)) return refuse(socket, "404 Not Found");
    const offered = (request.headers["sec-websocket-protocol"] ?? "").split(",").map((one) => one.trim());
    const ticket = offered.find((one) => one.startsWith(protocol))?.slice(protocol.length);
    const session = ticket === undefined ? undefined : tickets.take(ticket);
    const participants = url.searchParams.getAll("participant");
    const language = url.searchParams.get("lang") ?? undefined;
    if (session === undefined) return refuse(socket, "401 Unauthorized");
    const named = participants.every((one) => /^[\w-]{1,64}$/.test(one));
    // One speaks a language; two were told of when the session was made.
    const spoken = participants.length === 1 ? /^[A-Za-z0-9-]{2,35}$/.test(language ?? "") : language === undefined;
    if (!named || !spoken || participants.length < 1 || participants.length > 2) return refuse(socket, "400 Bad Request");
    if (speech === undefined) return refuse(socket, "503 Service Unavailable");
    const there = speech.microphone(session, participants, language);
    server.handleUpgrade(request, socket, head, (here) => join(here, there, log));
  }
  return {
    upgrade,
    close: () => {
      for (const client of server.clients) client.close(1001);
      server.close();
    },
  };
}

/** Sound goes one way. Whichever side ends, the other does; what comes before the far side is open waits. */
function join(here: WebSocket, there: WebSocket, log: Log): void {
  const waiting: Buffer[] = [];
  let waitingBytes = 0;
  here.on("message", (data, binary) => {
    if (!binary || !Buffer.isBuffer(data)) return;
    if (there.readyState === WebSocket.CONNECTING) {
      waitingBytes += data.length;
      if (waitingBytes > backlog) return here.close(1013, "behind");
      waiting.push(data);
      return;
    }
    if (there.readyState !== WebSocket.OPEN) return;
    if (there.bufferedAmount > backlog) return here.close(1013, "behind");
    there.send(data);
  });
  there.on("open", () => {
    for (const data of waiting.splice(0)) there.send(data);
  });
  for (const [one, other] of [
    [here, there],
    [there, here],
  ] as const) {
    one.on("error", (error) => {
      log.warn({ err: error }, "a microphone's socket");
      other.close(1011);
    });
    one.on("close", () => other.close(1000));
  }
}

function refuse(socket: Duplex, status: string): void {
  socket.end(`HTTP/1.1 ${status}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
}
