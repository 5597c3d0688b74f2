import type { Context, Hono } from "hono";
import { streamSSE } from "hono/streaming";
import type { Caption, OwnCall } from "../src/care/call-api.ts";
import type { CaseCall } from "../src/shared/call/api.ts";

export interface FakeCalls {
  /** What pages said of themselves, in order: `joined pt`, `left`. */
  readonly said: readonly string[];
  /** The doctor opens the room, or ends the call. */
  open(on: boolean): Promise<void>;
  caption(caption: Caption): Promise<void>;
}

const room = "vabcdefghijklmnopqrstuvwxyz";
const captions: readonly Caption[] = [
  { id: "s1", own: true, text: "Dói-me o peito desde ontem.", language: "pt", final: true },
  {
    id: "s2",
    own: false,
    text: "Tome 50 mg duas vezes por dia.",
    language: "pt",
    final: true,
    source: { text: "Take 500 mg twice a day.", language: "en" },
  },
];

/** What the pages ask for around a call in the Jitsi at `url`. Patients' routes are for anyone. */
export function fakeCalls(app: Hono, url: string): FakeCalls {
  const said: string[] = [];
  const watchers = new Set<() => Promise<void>>();
  const reading = new Set<(caption: Caption) => Promise<void>>();
  let open = false;
  const grant = { url, room, token: "a.b.c", until: "", iceServers: [] };
  const own = (): OwnCall => ({ available: true, captions: true, state: open ? "ready" : "waiting", people: [] });
  const ofCase = (): CaseCall => ({
    available: true,
    ...(open ? { call: { room, startedAt: "" } } : {}),
    patient: said.at(-1)?.startsWith("joined") === true ? "in-call" : "waiting",
    people: open ? [{ role: "clinician", language: "en" }] : [],
  });
  const told = () => Promise.all([...watchers].map((tell) => tell())).then(() => undefined);
  const watch = (context: Context, state: () => object) =>
    streamSSE(context, async (stream) => {
      const tell = () => stream.writeSSE({ data: JSON.stringify(state()) }).then(() => undefined);
      await tell();
      watchers.add(tell);
      await new Promise<void>((resolve) => stream.onAbort(resolve));
      watchers.delete(tell);
    });
  const change = async (on: boolean) => {
    open = on;
    await told();
  };

  app.post("/api/my/call/wait", (context) => context.json(own()));
  app.get("/api/my/call/events", (context) => watch(context, own));
  app.post("/api/my/call", (context) => context.json(grant));
  app.get("/api/my/call/captions/events", (context) =>
    streamSSE(context, async (stream) => {
      const tell = (one: Caption) => stream.writeSSE({ data: JSON.stringify(one) }).then(() => undefined);
      for (const one of captions) await tell(one);
      reading.add(tell);
      await new Promise<void>((resolve) => stream.onAbort(resolve));
      reading.delete(tell);
    }),
  );
  app.get("/api/cases/:id/call/events", (context) => watch(context, ofCase));
  app.post("/api/cases/:id/call", async (context) => {
    await change(true);
    return context.json(grant);
  });
  app.post("/api/cases/:id/call/end", async (context) => {
    await change(false);
    return context.body(null, 204);
  });
  app.get("/api/sessions/:id/call", (context) => context.json({ open: true }));
  app.post("/api/sessions/:id/call", (context) => context.json(grant));
  for (const path of ["/api/my/call", "/api/sessions/:id/call"]) {
    app.post(`${path}/joined`, async (context) => {
      const { language } = await context.req.json<{ language: string }>();
      said.push(`joined ${language}`);
      await told();
      return context.body(null, 204);
    });
    app.post(`${path}/left`, async (context) => {
      said.push("left");
      await told();
      return context.body(null, 204);
    });
  }
  return {
    said,
    open: change,
    caption: (one) => Promise.all([...reading].map((tell) => tell(one))).then(() => undefined),
  };
}
