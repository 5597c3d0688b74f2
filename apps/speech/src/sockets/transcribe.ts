import {
  type BridgeFrame,
  type Clock,
  FrameError,
  infoMessage,
  parseBridgeFrame,
  pongMessage,
  translationMessage,
} from "@yizhan/meet";
import type { WebSocket } from "ws";
import { base64Bytes } from "../audio/base64.ts";
import { type Encoding, encodingOf, Source } from "../audio/source.ts";
import { canonicalTag } from "../captions/languages.ts";
import type { SpeechMetrics } from "../metrics.ts";
import type { Registry } from "../sessions/registry.ts";
import { bridgeCaption, type Outlet, type Session, speakersLimit } from "../sessions/session.ts";
import { BridgeTime } from "./bridge-time.ts";
import type { SocketRoute } from "./upgrade.ts";

export interface TranscribeDeps {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly metrics: SpeechMetrics;
  readonly version: string;
  readonly onError: (error: unknown) => void;
}

/** A pong within a millisecond reaches the bridge before it waits for it. */
const pongDelay = 20;
/** Frames that are not understood, after which the socket is closed: it is no bridge. */
const badFrames = 1_000;

type Problem = FrameError["code"] | "not-text" | "unknown-tag" | "unknown-encoding" | "broken-base64" | "too-many-sources";

/** `/transcribe`: one socket of a Jitsi Videobridge. */
export function transcribeRoute(deps: TranscribeDeps): SocketRoute {
  return {
    path: /^\/transcribe$/,
    refuse(query) {
      const id = query.get("sessionId");
      if (id === null || id === "" || id.length > 256) {
        return { status: 400, code: "session-missing", remedy: "Give ?sessionId=…, at most 256 characters." };
      }
      if (query.get("sendBack") !== "true") {
        return { status: 400, code: "no-output", remedy: "Ask for captions: &sendBack=true (and &sendBackInterim=true)." };
      }
      const encoding = query.get("encoding");
      if (encoding !== null && encoding !== "opus" && encoding !== "ogg-opus") {
        return { status: 400, code: "encoding-unknown", remedy: "encoding is opus or ogg-opus." };
      }
      const language = query.get("lang");
      if (language !== null && canonicalTag(language) === undefined) {
        return { status: 400, code: "language-invalid", remedy: "lang is a BCP 47 tag such as pt or zh-Hans." };
      }
      return undefined;
    },
    open(socket, query) {
      const session = deps.registry.open(query.get("sessionId") ?? "");
      if (session === undefined) return socket.close(1013, "too many sessions");
      const language = query.get("lang");
      if (language !== null) session.people.fallback = canonicalTag(language);
      new BridgeSocket(socket, session, deps, {
        interims: query.get("sendBackInterim") === "true",
        ogg: query.get("encoding") === "ogg-opus",
      }).listen();
    },
  };
}

/** One connection: its sources, its clock, what its browsers asked for. */
class BridgeSocket implements Outlet {
  readonly wantsInterims: boolean;
  readonly #socket: WebSocket;
  readonly #session: Session;
  readonly #deps: TranscribeDeps;
  readonly #ogg: boolean;
  readonly #time: BridgeTime;
  readonly #sources = new Map<string, Source>();
  #requests: readonly string[] = [];
  #bad = 0;
  /** Each kind of problem is told once. */
  readonly #told = new Set<Problem>();

  constructor(socket: WebSocket, session: Session, deps: TranscribeDeps, options: { interims: boolean; ogg: boolean }) {
    this.#socket = socket;
    this.#session = session;
    this.#deps = deps;
    this.#ogg = options.ogg;
    this.#time = new BridgeTime(deps.clock.now());
    this.wantsInterims = options.interims;
  }

  listen(): void {
    const { metrics, version } = this.#deps;
    this.#session.attach(this);
    metrics.sockets.inc({ kind: "bridge" });
    this.#send(infoMessage("yizhan-speech", version));
    this.#socket.on("message", (data, binary) => {
      if (binary) return this.#refuse("not-text");
      try {
        this.#take(parseBridgeFrame(String(data)));
      } catch (error) {
        if (error instanceof FrameError) return this.#refuse(error.code);
        this.#deps.onError(error);
      }
    });
    this.#socket.on("close", () => {
      metrics.sockets.dec({ kind: "bridge" });
      this.#countPackets();
      for (const source of this.#sources.values()) source.close();
      this.#session.detach(this);
    });
  }

  requests(): readonly string[] {
    return this.#requests;
  }

  caption(spoken: Parameters<Outlet["caption"]>[0], participant: { id: string; tag: string }): void {
    this.#send(bridgeCaption(spoken, participant));
  }

  translation(result: Parameters<Outlet["translation"]>[0]): void {
    this.#send(translationMessage(result));
  }

  #take(frame: BridgeFrame): void {
    switch (frame.event) {
      case "ping":
        this.#deps.clock.after(pongDelay, () => this.#send(pongMessage(frame.id)));
        return;
      case "sources":
        // Exactly as asked; what is no language can have no translation.
        this.#requests = frame.requests.filter((tag) => canonicalTag(tag) !== undefined);
        return;
      case "start":
        return this.#start(
          frame.start.tag,
          frame.start.mediaFormat.encoding,
          frame.start.customParameters?.endpointId ?? undefined,
        );
      case "media":
        return this.#media(frame.media);
      case "session-end":
        void this.#session.end().catch(this.#deps.onError);
        return;
      case "info":
        return;
    }
  }

  #start(tag: string, named: string, endpointId: string | undefined): void {
    const encoding: Encoding | undefined = this.#ogg ? "ogg-opus" : encodingOf(named);
    if (encoding === undefined) return this.#refuse("unknown-encoding");
    const known = this.#sources.get(tag);
    if (known !== undefined) {
      // The payload type changed in mid-stream.
      known.encoding = encoding;
      return;
    }
    // Older bridges name a source by its endpoint and SSRC.
    const participantId = endpointId ?? tag.replace(/-[^-]*$/, "");
    if (this.#sources.size >= speakersLimit || !this.#session.open(tag, [participantId], this)) {
      return this.#refuse("too-many-sources");
    }
    const source = new Source({
      clock: this.#deps.clock,
      encoding,
      decoded: (samples, timestamp) => this.#session.sound(tag, samples, this.#time.epoch(timestamp), this),
    });
    source.ready.catch(this.#deps.onError);
    this.#sources.set(tag, source);
  }

  #media(media: Extract<BridgeFrame, { event: "media" }>["media"]): void {
    const source = this.#sources.get(media.tag);
    if (source === undefined) return this.#refuse("unknown-tag");
    const payload = base64Bytes(media.payload);
    if (payload === undefined) return this.#refuse("broken-base64");
    this.#time.arrived(media.timestamp, this.#deps.clock.now());
    source.push({ chunk: media.chunk, timestamp: media.timestamp, payload });
  }

  /** Goes on: one bad frame is no reason to lose the others. The bridge is told the kind, once. */
  #refuse(code: Problem): void {
    this.#deps.metrics.frames.inc({ code });
    this.#bad += 1;
    if (!this.#told.has(code)) {
      this.#told.add(code);
      this.#send(infoMessage("yizhan-speech", this.#deps.version, code));
    }
    if (this.#bad >= badFrames) this.#socket.close(1008, "too many bad frames");
  }

  #send(frame: string): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    // A bridge that does not read gets no more: captions are worth nothing later.
    if (this.#socket.bufferedAmount > 4_194_304) return this.#socket.terminate();
    this.#socket.send(frame);
  }

  #countPackets(): void {
    for (const { counts } of this.#sources.values()) {
      for (const [fate, count] of Object.entries(counts)) this.#deps.metrics.packets.inc({ fate }, count);
    }
  }
}
