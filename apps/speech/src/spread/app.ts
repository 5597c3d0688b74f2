import { baseApp, type Log, Problem } from "@yizhan/http";
import { type Context, Hono } from "hono";
import { PassThrough, Readable } from "node:stream";
import { z } from "zod";
import { eventStream } from "../http/sessions.ts";
import { bearerOf, tokenCheck } from "../sockets/authorise.ts";
import type { SpeechMachine } from "./machine.ts";
import { passSockets } from "./sockets.ts";
import { Spread, type SpreadOptions } from "./spread.ts";
import { ask, textOf } from "./wire.ts";

export interface SpreadAppOptions extends SpreadOptions {
  readonly log: Log;
  readonly version: string;
}

const peopleSchema = z.record(z.string(), z.unknown());

/**
 * Answers as the speech service does, and has its machines do the work: each conference on one of them for as long as it lives,
 * on another when that one goes.
 */
export function spreadApp(options: SpreadAppOptions) {
  const { log, version } = options;
  const spread = new Spread(options);
  const allowed = tokenCheck(options.token);
  const app = baseApp(new Hono(), { log });

  app.get("/healthz", (context) => {
    const there = spread.machines.filter((machine) => machine.up).length;
    const status = there === spread.machines.length ? "ok" : there === 0 ? "down" : "degraded";
    const machines = Object.fromEntries(spread.machines.map((one) => [one.name, one.up ? "up" : "gone"]));
    return context.json({ status, version, machines });
  });
  app.get("/machines/:name/healthz", (context) => {
    const machine = named(spread, context.req.param("name"));
    return context.json({ status: machine.up ? "up" : "gone", ...machine.load }, machine.up ? 200 : 503);
  });

  app.use(async function demandToken(context, next) {
    if (!allowed(bearerOf(context.req.header("authorization")))) {
      context.header("www-authenticate", "Bearer");
      throw new Problem(401, "token-wrong", { remedy: "Send the speech token as Authorization: Bearer." });
    }
    await next();
  });
  app.get("/metrics", async (context) =>
    context.body(await spread.figures(), 200, { "content-type": spread.metrics.registry.contentType }),
  );
  app.get("/machines/:name/metrics", (context) => pass(context, named(spread, context.req.param("name")), "/metrics"));

  app.get("/sessions", (context) => context.json(spread.sessions()));
  app.get("/sessions/events", (context) =>
    eventStream(context, (send) => {
      let last = "";
      const look = () => {
        const now = JSON.stringify(spread.sessions());
        if (now !== last) send(now);
        last = now;
      };
      look();
      return spread.onChange(look);
    }),
  );
  app.put("/sessions/:id/languages", async (context) => {
    const id = context.req.param("id");
    const people = peopleSchema.safeParse(await context.req.json().catch(() => undefined));
    const answer = await pass(context, await machineOf(id));
    if (answer.ok && people.success) spread.told(id, people.data);
    return answer;
  });
  app.all("/sessions/:id/*", async (context) => pass(context, await machineOf(context.req.param("id"))));
  app.all("/voice", (context) => pass(context, spread.any()));
  for (const path of ["/transcribe", "/microphone", "/streaming-whisper/ws/:meeting"]) {
    app.all(path, (context) => {
      context.header("upgrade", "websocket");
      throw new Problem(426, "not-a-websocket", {
        remedy: "Open a WebSocket here; a proxy must pass Upgrade and Connection on.",
      });
    });
  }

  const machineOf = (id: string) => {
    if (id.length > 256) throw new Problem(404, "not-found");
    return spread.machineOf(id);
  };
  return {
    app,
    spread,
    upgrade: passSockets({ spread, allowed, log }),
    close: async () => spread.close(),
  };
}

function named(spread: Spread, name: string): SpeechMachine {
  const machine = spread.machines.find((one) => one.name === name);
  if (machine === undefined) throw new Problem(404, "not-found");
  return machine;
}

/** Events end where their machine goes: whoever listens asks again. Half a sound, by contrast, must not pass for a whole one. */
function whileItLasts(answer: Readable): Readable {
  const events = new PassThrough();
  answer.on("error", () => undefined);
  answer.once("close", () => events.end());
  events.once("close", () => answer.destroy());
  return answer.pipe(events);
}

const gone = (cause?: unknown) =>
  new Problem(503, "unavailable", { remedy: "No machine that hears is there: yizhan status names each.", cause });

/** Asks the machine what was asked here. A stream that it breaks off ends here too. */
async function pass(context: Context, machine: SpeechMachine | undefined, path?: string): Promise<Response> {
  if (machine?.up !== true) throw gone();
  const { method, raw } = context.req;
  const url = new URL(context.req.url);
  const body = method === "GET" || method === "HEAD" ? undefined : Buffer.from(await context.req.arrayBuffer());
  const left = new AbortController();
  raw.signal.addEventListener("abort", () => left.abort());
  const answer = await ask(machine.wire, {
    path: path ?? `${url.pathname}${url.search}`,
    method,
    headers: {
      authorization: context.req.header("authorization"),
      "content-type": context.req.header("content-type"),
      ...(body === undefined ? {} : { "content-length": String(body.length) }),
    },
    ...(body === undefined ? {} : { body }),
    signal: left.signal,
    // A line that is read aloud takes its time.
    within: 90_000,
  }).catch((error: unknown) => {
    if (!raw.signal.aborted) machine.lost(error);
    throw gone(error);
  });
  const status = answer.statusCode ?? 502;
  const headers = new Headers();
  for (const name of ["content-type", "cache-control", "x-accel-buffering", "www-authenticate"]) {
    const value = answer.headers[name];
    if (typeof value === "string") headers.set(name, value);
  }
  if (status === 204) {
    answer.resume();
    return new Response(null, { status, headers });
  }
  if (!(answer.headers["content-type"] ?? "").startsWith("text/event-stream") && status >= 400)
    return new Response(await textOf(answer), { status, headers });
  const leave = machine.during(() => answer.destroy());
  answer.once("close", leave);
  const told = (answer.headers["content-type"] ?? "").startsWith("text/event-stream") ? whileItLasts(answer) : answer;
  return new Response(Readable.toWeb(told) as ReadableStream<Uint8Array>, { status, headers });
}
