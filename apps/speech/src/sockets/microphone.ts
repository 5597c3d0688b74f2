import type { Clock } from "@yizhan/meet";
import { canonicalTag } from "../captions/languages.ts";
import type { SpeechMetrics } from "../metrics.ts";
import type { Registry } from "../sessions/registry.ts";
import type { Outlet } from "../sessions/session.ts";
import { ArrivalTime, pcmSamples } from "./pcm.ts";
import type { SocketRoute } from "./upgrade.ts";

/** A microphone's captions go to the session's watchers only. */
const nowhere: Outlet = { wantsInterims: false, requests: () => [], caption: () => undefined, translation: () => undefined };

/**
 * `/microphone?sessionId=…&participant=…[&lang=…]`: binary frames of 16 kHz signed 16-bit mono sound from
 * a page without Jitsi. With two participants, who were told of before, the language that is heard says who spoke.
 */
export function microphoneRoute(deps: { registry: Registry; clock: Clock; metrics: SpeechMetrics }): SocketRoute {
  const { registry, clock, metrics } = deps;
  return {
    path: /^\/microphone$/,
    refuse(query) {
      for (const name of ["sessionId", "participant"]) {
        const values = query.getAll(name);
        const most = name === "participant" ? 2 : 1;
        if (values.length === 0 || values.length > most || values.some((value) => value === "" || value.length > 256))
          return { status: 400, code: `${name}-missing` };
      }
      const language = query.get("lang");
      if (language !== null && query.getAll("participant").length > 1) return { status: 400, code: "language-invalid" };
      return language !== null && canonicalTag(language) === undefined ? { status: 400, code: "language-invalid" } : undefined;
    },
    open(socket, query) {
      const session = registry.open(query.get("sessionId") ?? "");
      const [participant = "", ...others] = query.getAll("participant");
      if (session === undefined) return socket.close(1013, "too many sessions");
      const language = canonicalTag(query.get("lang") ?? "");
      if (language !== undefined) session.tell(participant, { language });
      const tag = `${[participant, ...others].join("-")}-microphone`;
      const outlet: Outlet = { ...nowhere };
      if (!session.open(tag, [participant, ...others], outlet)) return socket.close(1013, "too many sources");
      session.attach(outlet);
      metrics.sockets.inc({ kind: "microphone" });
      const time = new ArrivalTime();
      socket.on("message", (data, binary) => {
        if (!binary || !Buffer.isBuffer(data)) return;
        const samples = pcmSamples(data);
        session.sound(tag, samples, time.begin(clock.now(), samples.length / 16), outlet);
      });
      socket.on("close", () => {
        metrics.sockets.dec({ kind: "microphone" });
        session.detach(outlet);
      });
    },
  };
}
