import type { Clock } from "@yizhan/meet";
import type { WebSocket } from "ws";
import { canonicalTag } from "../captions/languages.ts";
import type { Registry } from "../sessions/registry.ts";
import { type Outlet, type Session, speakersLimit } from "../sessions/session.ts";
import type { SpeechMetrics } from "../metrics.ts";
import { ArrivalTime, pcmSamples } from "./pcm.ts";
import type { SocketRoute } from "./upgrade.ts";

export interface SkynetDeps {
  readonly registry: Registry;
  readonly clock: Clock;
  readonly metrics: SpeechMetrics;
}

/** `participant|language`, padded with NULs or spaces, before the sound. */
const headerBytes = 60;

/**
 * `/streaming-whisper/ws/{meeting}`: the path that Jigasi and Skynet's clients speak. Binary frames with
 * a header and 16 kHz 16-bit mono sound; results as JSON.
 */
export function skynetRoute(deps: SkynetDeps): SocketRoute {
  return {
    path: /^\/streaming-whisper\/ws\/([^/]{1,256})$/,
    tokenInQuery: true,
    refuse: () => undefined,
    open(socket, _query, meeting) {
      const session = deps.registry.open(decoded(meeting ?? ""));
      if (session === undefined) return socket.close(1013, "too many sessions");
      listen(socket, session, deps);
    },
  };
}

function listen(socket: WebSocket, session: Session, { clock, metrics }: SkynetDeps): void {
  const outlet = skynetOutlet(socket);
  const times = new Map<string, ArrivalTime>();
  session.attach(outlet);
  metrics.sockets.inc({ kind: "skynet" });
  socket.on("close", () => {
    metrics.sockets.dec({ kind: "skynet" });
    session.detach(outlet);
  });
  socket.on("message", (data, binary) => {
    if (!binary || !Buffer.isBuffer(data) || data.length < headerBytes) return metrics.frames.inc({ code: "invalid-frame" });
    const [participant = "", language = ""] = data
      .toString("utf8", 0, headerBytes)
      .replace(/[\0 ]+$/, "")
      .split("|");
    if (participant === "") return metrics.frames.inc({ code: "invalid-frame" });
    let time = times.get(participant);
    if (time === undefined) {
      if (times.size >= speakersLimit) return metrics.frames.inc({ code: "too-many-sources" });
      time = new ArrivalTime();
      times.set(participant, time);
      const tag = canonicalTag(language.replace("_", "-"));
      if (tag !== undefined && session.people.languageOf(participant) === undefined) session.tell(participant, { language: tag });
      session.open(participant, [participant], outlet);
    }
    const samples = pcmSamples(data.subarray(headerBytes));
    session.sound(participant, samples, time.begin(clock.now(), samples.length / 16), outlet);
  });
}

function skynetOutlet(socket: WebSocket): Outlet {
  return {
    wantsInterims: true,
    requests: () => [],
    translation: () => undefined,
    caption(spoken, participant) {
      if (socket.readyState !== socket.OPEN) return;
      const known = spoken.words.flatMap(({ probability }) => probability ?? []);
      socket.send(
        JSON.stringify({
          id: spoken.segmentId,
          participant_id: participant.id,
          ts: Math.round(spoken.startedAt),
          text: spoken.text,
          type: spoken.final ? "final" : "interim",
          variance: known.length === 0 ? 1 : Math.min(...known),
        }),
      );
    },
  };
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch (error) {
    if (error instanceof URIError) return path;
    throw error;
  }
}
