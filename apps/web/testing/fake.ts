import type { IncomingMessage } from "node:http";
import { baseApp, createLog, pages, serveNode } from "@yizhan/http";
import { Hono } from "hono";
import { streamSSE } from "hono/streaming";
import type { CaptionEvent } from "@yizhan/meet";
import type { Fleet, FleetStation, Intake } from "../src/shared/api.ts";
import { conversation, participants } from "./captions.ts";
import { type FakeCalls, fakeCalls } from "./fake-calls.ts";
import { fakeDesk, fakeRecord } from "./fake-desk.ts";
import { startFakeJitsi } from "./fake-jitsi.ts";
import { caseDetail, caseRows, fleet as fleetNow } from "./records.ts";

export interface Fake {
  readonly url: string;
  /** Bodies of intakes in order, with the key each came with. */
  readonly intakes: readonly { readonly intake: Intake; readonly key: string }[];
  readonly closed: readonly { readonly id: string; readonly outcome: string }[];
  readonly calls: FakeCalls;
  /** While on, stores intakes and cuts the connection instead of answering. */
  cutIntakes(on: boolean): void;
  /** Sends one more caption to every booth that watches. */
  say(event: CaptionEvent): Promise<void>;
  /** Sends a new state of the fleet to every page that watches. */
  tell(fleet: Fleet): Promise<void>;
  close(): Promise<void>;
}

type Listener = (data: string) => Promise<void>;

/** A server with the pages' real headers and canned answers, for `station` or `hub`. */
export async function startFake(dist: string, kind: "station" | "hub", port = 0): Promise<Fake> {
  const log = createLog("fake", "silent");
  const jitsi = await startFakeJitsi();
  const app = baseApp(new Hono(), { log, embed: [jitsi.url] });
  const intakes: { intake: Intake; key: string }[] = [];
  const closed: { id: string; outcome: string }[] = [];
  const booths = new Set<Listener>();
  const watchers = new Set<Listener>();
  const lists = new Set<Listener>();
  let cut = false;
  const problem = (code: string) => ({ error: { code, requestId: "fake" } });
  const signedIn = (cookie: string | undefined) => cookie?.includes("yizhan_session=good") === true;
  const user = { id: "u1", name: "Dr. Lin", role: kind === "hub" ? "operator" : "clinician", language: "en" };
  // Whoever signs in as `admin` or `pharmacist` is one.
  const others: Readonly<Record<string, { name: string; role: string }>> = {
    admin: { name: "Admin", role: "administrator" },
    pharmacist: { name: "Yusuf", role: "pharmacist" },
  };
  const userOf = (cookie: string | undefined) => ({
    ...user,
    ...others[/yizhan_session=good-(\w+)/.exec(cookie ?? "")?.[1] ?? ""],
  });
  const licence = { until: new Date(Date.now() + 20 * 86_400_000).toISOString(), state: "ends-soon" };

  const all = (listeners: Set<Listener>, data: unknown) =>
    Promise.all([...listeners].map((listener) => listener(JSON.stringify(data)))).then(() => undefined);

  app.get("/api/station", (context) =>
    context.json({
      code: "MZ",
      // The pseudo-locales stand in for a language from right to left and one that is longer.
      languages: { care: ["pt", "zh", "en", "fr", "en-XA", "ar-XB"], staff: ["pt", "zh", "en", "fr"], fallback: "en" },
      emergency: { ambulance: "117", police: "119", fire: "198" },
      calls: true,
      captions: ["en", "pt"],
      timeZones: ["Africa/Maputo"],
    }),
  );
  app.post("/api/intake", async (context) => {
    const key = context.req.header("idempotency-key") ?? "";
    const intake = await context.req.json<Intake>();
    if (!intakes.some((one) => one.key === key)) intakes.push({ intake, key });
    if (cut) {
      // The worst moment: the case is stored, and the answer never arrives.
      (context.env as { incoming: IncomingMessage }).incoming.socket.destroy();
    }
    return context.json({ caseNumber: "MZ-7K2M-9QXA", accessCode: "48310927" }, 201);
  });
  app.post("/api/cases/status", async (context) => {
    const { caseNumber } = await context.req.json<{ caseNumber: string }>();
    if (caseNumber !== "MZ-7K2M-9QXA") return context.json(problem("not-found"), 404);
    return context.json({ status: "open", openedAt: "2026-11-22T08:00:00.000Z", language: "pt" });
  });
  app.post("/api/sign-in", async (context) => {
    const { name, passphrase } = await context.req.json<{ name: string; passphrase: string }>();
    if (passphrase !== "correct horse") return context.json(problem("sign-in-failed"), 401);
    const session = Object.hasOwn(others, name) ? `good-${name}` : "good";
    context.header("set-cookie", `yizhan_session=${session}; HttpOnly; SameSite=Strict; Path=/`);
    return context.json({ user: userOf(`yizhan_session=${session}`) });
  });
  app.post("/api/sign-out", (context) => {
    context.header("set-cookie", "yizhan_session=; Max-Age=0; Path=/");
    return context.json({});
  });
  if (kind === "station") fakeRecord(app);
  const calls = fakeCalls(app, jitsi.url);
  app.use("/api/*", async (context, next) => {
    if (signedIn(context.req.header("cookie"))) return next();
    return context.json(problem("signed-out"), 401);
  });
  app.get("/api/me", (context) => {
    const me = userOf(context.req.header("cookie"));
    return context.json({ user: me, secondFactor: false, ...(me.role === "clinician" ? { licence } : {}) });
  });
  if (kind === "station") fakeDesk(app);
  app.get("/api/cases", (context) => {
    const { status, name, caseNumber } = context.req.query();
    const cases = caseRows.filter(
      (row) =>
        (closed.some((one) => one.id === row.id) ? "closed" : row.status) === status &&
        (name === undefined || row.name.toLowerCase().includes(name.toLowerCase())) &&
        (caseNumber === undefined || row.caseNumber === caseNumber),
    );
    return context.json({ cases });
  });
  app.get("/api/cases/:id", (context) => {
    const detail = caseDetail(
      context.req.param("id"),
      closed.some((one) => one.id === context.req.param("id")),
    );
    return detail === undefined ? context.json(problem("not-found"), 404) : context.json(detail);
  });
  app.post("/api/cases/:id/close", async (context) => {
    const { outcome } = await context.req.json<{ outcome: string }>();
    closed.push({ id: context.req.param("id"), outcome });
    return context.json({});
  });
  const sessions = () => ({
    sessions: [{ id: "consult", startedAt: new Date(Date.now() - 240_000).toISOString(), participants }],
  });
  app.get("/api/sessions", (context) => context.json(sessions()));
  app.get("/api/sessions/events", (context) =>
    streamSSE(context, (stream) => watch(lists, (data) => stream.writeSSE({ data }), [sessions()], stream)),
  );
  app.get("/api/sessions/:id/transcript", (context) => context.json({ kept: false }));
  app.get("/api/sessions/:id/events", (context) =>
    streamSSE(context, (stream) => watch(booths, (data) => stream.writeSSE({ data }), conversation, stream)),
  );
  let given: { readonly by: string; readonly at: string; readonly reason: string } | null = null;
  // Whatever an administrator answers for is the one audit log of the fleet that contradicts.
  const fleetOf = (): Fleet => {
    const { stations, at } = fleetNow();
    const of = (one: FleetStation) => (one.auditLog?.contradicts ? { ...one.auditLog, acknowledged: given } : one.auditLog);
    return { at, stations: stations.map((one) => ({ ...one, auditLog: of(one) })) };
  };
  app.post("/api/fleet/:node/audit-log/:verb", async (context) => {
    const { reason } = await context.req.json<{ reason?: string }>();
    given = reason === undefined ? null : { by: "Admin", at: new Date().toISOString(), reason };
    await all(watchers, fleetOf());
    return context.body(null, 204);
  });
  app.get("/api/fleet", (context) => context.json(fleetOf()));
  app.get("/api/fleet/events", (context) =>
    streamSSE(context, (stream) => watch(watchers, (data) => stream.writeSSE({ data }), [fleetOf()], stream)),
  );
  app.use(
    pages(dist, kind === "hub" ? { "/": "fleet.html" } : { "/": "care.html", "/desk": "desk.html", "/booth": "booth.html" }),
  );

  const server = await serveNode({ app, host: "127.0.0.1", port, log });
  return {
    url: server.url,
    intakes,
    closed,
    calls,
    cutIntakes: (on) => {
      cut = on;
    },
    say: (event) => all(booths, event),
    tell: (fleet) => all(watchers, fleet),
    close: async () => {
      await Promise.all([server.close(), jitsi.close()]);
    },
  };
}

async function watch(
  listeners: Set<Listener>,
  send: Listener,
  first: readonly unknown[],
  stream: { onAbort(listener: () => void): void },
): Promise<void> {
  for (const event of first) await send(JSON.stringify(event));
  listeners.add(send);
  await new Promise<void>((resolve) => stream.onAbort(resolve));
  listeners.delete(send);
}
