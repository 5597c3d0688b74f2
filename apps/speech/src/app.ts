import { baseApp, type Log, Problem } from "@yizhan/http";
import { type Clock, systemClock } from "@yizhan/meet";
import { Hono } from "hono";
import { availableParallelism } from "node:os";
import type { Terms } from "./captions/terms.ts";
import { childrenUse } from "./engine-processes.ts";
import type { Engines } from "./engines/types.ts";
import { sessionRoutes } from "./http/sessions.ts";
import { voiceRoutes } from "./http/voice.ts";
import { speechMetrics } from "./metrics.ts";
import { Registry } from "./sessions/registry.ts";
import { bearerOf, tokenCheck } from "./sockets/authorise.ts";
import { microphoneRoute } from "./sockets/microphone.ts";
import { skynetRoute } from "./sockets/skynet.ts";
import { transcribeRoute } from "./sockets/transcribe.ts";
import { socketUpgrades } from "./sockets/upgrade.ts";
import { Scheduler } from "./stream/scheduler.ts";

export interface SpeechOptions {
  readonly engines: Engines;
  readonly terms: Terms;
  readonly token: string;
  readonly log: Log;
  readonly version: string;
  readonly clock?: Clock;
  /** Hearings at once. Default: a core each. */
  readonly slots?: number;
  /** Milliseconds that a session without a socket is kept. */
  readonly keep?: number;
}

/** The whole speech service: its HTTP routes, its sockets, and how to stop it. */
export function speechApp(options: SpeechOptions) {
  const { engines, terms, log, version, clock = systemClock } = options;
  const metrics = speechMetrics();
  const slots = options.slots ?? availableParallelism();
  const scheduler = new Scheduler(slots);
  const registry = new Registry({
    clock,
    engines,
    terms,
    scheduler,
    metrics,
    log,
    ...(options.keep === undefined ? {} : { keep: options.keep }),
  });
  const allowed = tokenCheck(options.token);
  const onError = (error: unknown) => log.warn({ err: error }, "socket");

  const app = baseApp(new Hono(), { log });
  app.get("/healthz", (context) => {
    const models = engines.models();
    const { waiting } = engines.load();
    // Whoever spreads conferences over several machines asks how much this one has to do.
    return context.json({ status: "ok", version, models, load: { slots, waiting } });
  });
  app.use(async function demandToken(context, next) {
    if (!allowed(bearerOf(context.req.header("authorization")))) {
      context.header("www-authenticate", "Bearer");
      throw new Problem(401, "token-wrong", { remedy: "Send the speech token as Authorization: Bearer." });
    }
    await next();
  });
  app.route("/sessions", sessionRoutes(registry));
  app.route("/voice", voiceRoutes(engines.voice));
  app.get("/metrics", async (context) => {
    const load = engines.load();
    metrics.sessions.set(registry.size);
    metrics.waiting.set(load.waiting);
    metrics.restarts.set(load.restarts);
    const use = childrenUse();
    metrics.engineSeconds.set(use.seconds);
    metrics.engineResident.set(use.residentBytes);
    return context.body(await metrics.registry.metrics(), 200, { "content-type": metrics.registry.contentType });
  });
  // Reached without an upgrade: a browser, or a proxy that leaves the header out.
  for (const path of ["/transcribe", "/microphone", "/streaming-whisper/ws/:meeting"]) {
    app.all(path, (context) => {
      context.header("upgrade", "websocket");
      throw new Problem(426, "not-a-websocket", {
        remedy: "Open a WebSocket here; a proxy must pass Upgrade and Connection on.",
      });
    });
  }

  const sockets = socketUpgrades({
    routes: [
      transcribeRoute({ registry, clock, metrics, version, onError }),
      skynetRoute({ registry, clock, metrics }),
      microphoneRoute({ registry, clock, metrics }),
    ],
    allowed,
    onError,
  });
  return {
    app,
    registry,
    metrics,
    upgrade: sockets.upgrade,
    async close(): Promise<void> {
      sockets.close();
      registry.close();
      await engines.close();
    },
  };
}
