import { WebSocket } from "ws";
import { type Clock, systemClock } from "../clock.ts";
import { parseServiceMessage, type ServiceMessage } from "../transcription/service-messages.ts";
import { Backoff } from "./backoff.ts";
import type { ConferenceItem } from "./conference.ts";
import { Exporter } from "./exporter.ts";

export interface ReplayOptions {
  /** `ws://host:port/transcribe?sessionId=…&sendBack=true…`, as jicofo's URL template gives it. */
  readonly url: string;
  readonly token: string;
  readonly items: readonly ConferenceItem[];
  /** 1 is life. */
  readonly speed?: number;
  /** Languages that browsers ask for. */
  readonly requests?: readonly string[];
  /** Milliseconds of conference time to stay after the last packet, for the last captions. Default 3000. */
  readonly linger?: number;
  /** Milliseconds between pings. Default 10,000; a pong must come within 3,000. */
  readonly pingInterval?: number;
  /** Connection attempts before giving up; a real bridge never does. */
  readonly maxAttempts?: number;
  readonly onMessage?: (message: ServiceMessage, at: number) => void;
  /** The socket opened: epoch of conference time 0 is `startedAt`. */
  readonly onOpen?: (connection: number) => void;
  readonly signal?: AbortSignal;
  readonly clock?: Clock;
}

export interface ReplayReport {
  /** Epoch milliseconds at which the first socket opened: conference time 0. */
  readonly startedAt: number;
  readonly messages: readonly { readonly at: number; readonly message: ServiceMessage }[];
  readonly connections: number;
  readonly pings: number;
  /** Pongs that were late or had the wrong id; each made the bridge connect anew. */
  readonly missedPongs: number;
  /** Packets whose time came while no socket was open: lost, as on a real bridge. */
  readonly lostPackets: number;
  /** Milliseconds that a frame was sent after its time, at worst: the replaying machine's own lateness. */
  readonly worstLate: number;
}

/** The service did what no bridge puts up with. */
export class ReplayError extends Error {
  readonly code: "unparsable-reply" | "no-connection" | "aborted";

  constructor(code: ReplayError["code"], cause?: unknown) {
    super(`replay: ${code}`, { cause });
    this.name = "ReplayError";
    this.code = code;
  }
}

/**
 * Plays a conference into a transcription service as the Jitsi Videobridge's exporter does: one
 * WebSocket, frames in real time, pings whose pongs must come back within three seconds, reconnects
 * after 0, 1, 2, 4 … 30 s that begin timestamps and sequence numbers anew, audio lost in between.
 * Rejects with `ReplayError` at the first reply that a bridge could not parse.
 */
export function replayConference(options: ReplayOptions): Promise<ReplayReport> {
  const { url, token, items, requests = [], clock = systemClock, speed = 1, signal } = options;
  const pingInterval = options.pingInterval ?? 10_000;
  const messages: { at: number; message: ServiceMessage }[] = [];
  const exporter = new Exporter(items, requests);
  const backoff = new Backoff();
  let startedAt = 0;
  let connections = 0;
  let attempts = 0;
  let pings = 0;
  let missedPongs = 0;
  let worstLate = 0;
  let next = 0;
  let ended = false;
  let working = false;

  return new Promise((resolve, reject) => {
    let socket: WebSocket | undefined;
    let cancelWork = () => {};
    let cancelPing = () => {};
    /** Pings that wait for their pong, and how to stop waiting. */
    const awaited = new Map<number, () => void>();

    const time = () => (startedAt === 0 ? 0 : (clock.now() - startedAt) * speed);
    const stopPings = () => {
      cancelPing();
      for (const cancel of awaited.values()) cancel();
      awaited.clear();
    };
    const stop = () => {
      ended = true;
      cancelWork();
      stopPings();
      signal?.removeEventListener("abort", abort);
    };
    const fail = (error: ReplayError) => {
      stop();
      socket?.terminate();
      reject(error);
    };
    const abort = () => fail(new ReplayError("aborted"));
    if (signal?.aborted) return abort();
    signal?.addEventListener("abort", abort);

    const connect = () => {
      attempts += 1;
      if (attempts > (options.maxAttempts ?? Number.POSITIVE_INFINITY)) return fail(new ReplayError("no-connection"));
      const opening = new WebSocket(url, { headers: { authorization: `Bearer ${token}` }, perMessageDeflate: false });
      socket = opening;
      opening.on("error", () => opening.terminate());
      opening.on("open", () => {
        connections += 1;
        if (startedAt === 0) startedAt = clock.now();
        backoff.opened(clock.now());
        for (const frame of exporter.open(time())) opening.send(frame);
        options.onOpen?.(connections);
        ping(opening);
        if (!working) work();
        working = true;
      });
      opening.on("message", (data, binary) => receive(data, binary));
      opening.on("close", () => {
        if (socket !== opening || ended) return;
        socket = undefined;
        exporter.close();
        stopPings();
        clock.after(backoff.next(clock.now()), () => {
          if (!ended) connect();
        });
      });
    };

    const receive = (data: unknown, binary: boolean) => {
      if (ended) return;
      let message: ServiceMessage;
      try {
        if (binary) throw new TypeError("a service's reply is binary");
        message = parseServiceMessage(String(data));
      } catch (error) {
        return fail(new ReplayError("unparsable-reply", error));
      }
      if (message.event === "pong") {
        awaited.get(message.id)?.();
        awaited.delete(message.id);
      }
      messages.push({ at: time(), message });
      options.onMessage?.(message, time());
    };

    const ping = (over: WebSocket) => {
      cancelPing = clock.after(pingInterval, () => {
        pings += 1;
        over.send(exporter.ping(pings));
        const late = () => {
          missedPongs += 1;
          stopPings();
          over.close(1000);
        };
        awaited.set(pings, clock.after(3_000, late));
        ping(over);
      });
    };

    const work = () => {
      const now = time();
      for (let item = items[next]; item !== undefined && item.at <= now; item = items[++next]) {
        // One that is closing takes nothing more: what is due meanwhile is lost as well.
        if (socket?.readyState !== WebSocket.OPEN) exporter.close();
        const frame = exporter.frame(item);
        if (frame === undefined) continue;
        socket?.send(frame);
        worstLate = Math.max(worstLate, now - item.at);
      }
      const due = items[next]?.at;
      if (due !== undefined) cancelWork = clock.after(Math.max(1, (due - now) / speed), work);
      else cancelWork = clock.after((options.linger ?? 3_000) / speed, finish);
    };

    const finish = () => {
      const report = {
        startedAt,
        messages,
        connections,
        pings,
        missedPongs,
        lostPackets: exporter.lost,
        worstLate,
      };
      const last = socket;
      stop();
      if (last?.readyState !== WebSocket.OPEN) return resolve(report);
      last.once("close", () => resolve(report));
      last.send(exporter.end());
      last.close(1001);
    };

    connect();
  });
}
