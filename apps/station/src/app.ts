import { OpenAPIHono } from "@hono/zod-openapi";
import type { AgentStatus } from "@yizhan/federation";
import { baseApp, limitBodies, type Log, pages } from "@yizhan/http";
import type { Region } from "@yizhan/region";
import type { Store } from "@yizhan/store";
import { Hono } from "hono";
import { manageAccounts } from "./accounts/manage.ts";
import { ownAccount } from "./accounts/own-account.ts";
import { staffPasskeys } from "./accounts/passkeys.ts";
import { accounts } from "./accounts/route.ts";
import { secondFactor } from "./accounts/second-factor.ts";
import { assisted } from "./assisted/route.ts";
import type { Tickets } from "./assisted/tickets.ts";
import { authenticate } from "./accounts/authenticate.ts";
import { auditDesk } from "./audit/route.ts";
import type { CallParts } from "./calls/call.ts";
import type { Meet } from "./calls/meet.ts";
import { patientCalls } from "./calls/patient-route.ts";
import type { Presence } from "./calls/presence.ts";
import { staffCalls } from "./calls/staff-route.ts";
import type { Board } from "./cases/board.ts";
import type { BrokenGlass } from "./cases/glass.ts";
import { brokenGlass } from "./cases/glass-route.ts";
import { notices } from "./cases/notices-route.ts";
import { cases } from "./cases/route.ts";
import { caseStatus } from "./cases/status-route.ts";
import { linkStatus } from "./federation/route.ts";
import { fhirProblem } from "./http/fhir-problem.ts";
import { fhirRoutes } from "./fhir/routes.ts";
import { watchFhir } from "./guard/fhir-watch.ts";
import type { Guard } from "./guard/guard.ts";
import { guardDesk } from "./guard/route.ts";
import type { StationEnv } from "./http/env.ts";
import { retryLater } from "./http/retry-later.ts";
import { asProblem } from "./http/store-errors.ts";
import type { KeyExchange } from "./keys/exchange.ts";
import { keyDesk } from "./keys/route.ts";
import { limits } from "./intake/limits.ts";
import { intake } from "./intake/route.ts";
import type { Metrics } from "./metrics/metrics.ts";
import { metricsPage, timeRequests } from "./metrics/route.ts";
import { ownRecordRoutes } from "./patients/route.ts";
import { patientSignIn } from "./patients/sign-in.ts";
import { prescriptions } from "./prescriptions/route.ts";
import { sessions } from "./sessions/route.ts";
import type { SpeechClient } from "./sessions/speech-client.ts";
import { tokens } from "./tokens/route.ts";
import type { Keeper } from "./transcripts/keeper.ts";
import { transcripts } from "./transcripts/route.ts";
import { stationInfo } from "./station-info/route.ts";
import type { Tenancy } from "./tenancy.ts";

export interface StationParts {
  readonly log: Log;
  readonly region: Region;
  readonly store: Store;
  readonly at: Tenancy;
  readonly version: string;
  readonly publicUrl: string;
  readonly speech: SpeechClient | undefined;
  readonly meet: Meet | undefined;
  readonly presence: Presence;
  readonly tickets: Tickets;
  readonly keeper: Keeper;
  readonly glass: BrokenGlass;
  readonly guard: Guard;
  readonly board: Board;
  readonly keys: KeyExchange;
  readonly metrics: Metrics;
  /** Directory of the web build. */
  readonly web: string | undefined;
  /** How the way to the hub stands; absent where the station works alone. */
  readonly link: (() => Promise<AgentStatus>) | undefined;
  /** Told after a case was opened or closed and is safe. */
  readonly caseChanged: (change: "opened" | "closed") => void;
}

/** The whole station: every mount and middleware, in the order a request meets them. */
export function stationApp(parts: StationParts): Hono {
  const { log, region, store, at, metrics, guard, board } = parts;
  const { speech, meet, presence } = parts;
  const caseParts = { store, at, glass: parts.glass, guard, board, presence };
  const untold = (error: unknown) => log.warn({ err: error }, "the speech service was not told who speaks what");
  const callParts: CallParts = { ...caseParts, meet, speech, untold };
  const secure = parts.publicUrl.startsWith("https:");
  const site = { origin: new URL(parts.publicUrl).origin, name: `Yizhan ${region.code}` };
  const fhirBase = `${parts.publicUrl.replace(/\/$/, "")}/fhir`;
  const root = baseApp(new Hono(), {
    log,
    maxBody: 64 * 1024 * 1024,
    embed: meet === undefined ? [] : [meet.origin],
  });
  root.use(retryLater());

  const app = new OpenAPIHono<StationEnv>();
  app.onError((error, context) => {
    const outcome = context.req.path.startsWith("/fhir/") ? fhirProblem(error) : undefined;
    if (outcome !== undefined) return outcome;
    throw asProblem(error);
  });
  app.use(timeRequests(metrics));
  app.get("/healthz", (context) => context.json({ status: "ok", node: region.code, version: parts.version }));

  app.use("/api/*", limitBodies(limits.body));
  app.use("/api/*", authenticate(store));
  app.use("/metrics", authenticate(store));
  app.use("/fhir/*", authenticate(store), watchFhir(guard));

  app.route("/api", stationInfo(region, meet !== undefined));
  app.route(
    "/api",
    intake(store, region, at, () => {
      parts.caseChanged("opened");
      board.tell(at.tenant, "cases");
    }),
  );
  app.route("/api", caseStatus(store, region.code, guard));
  app.route("/api", patientSignIn({ store, guard, country: region.code, site, secure }));
  app.route("/api", ownRecordRoutes({ store, board, fhirBase }));
  app.route("/api", manageAccounts(store));
  app.route("/api", secondFactor(store, `Yizhan ${region.code}`));
  app.route("/api", ownAccount(store));
  app.route("/api", staffPasskeys(store, site, secure));
  app.route("/api", accounts(store, secure));
  app.route(
    "/api",
    cases(caseParts, () => parts.caseChanged("closed")),
  );
  app.route("/api", brokenGlass(caseParts));
  app.route("/api", notices(caseParts));
  app.route("/api", prescriptions(caseParts));
  app.route("/api", auditDesk(store));
  app.route("/api", sessions(store, parts.speech));
  app.route("/api", assisted(store, parts.speech, parts.tickets));
  app.route("/api", transcripts({ ...caseParts, keeper: parts.keeper }, parts.speech));
  app.route("/api", staffCalls(callParts));
  app.route("/api", patientCalls(callParts, secure));
  app.route("/api", tokens(store));
  app.route("/api", guardDesk(store, guard, board));
  app.route("/api", keyDesk(store, parts.keys));
  app.route("/api", linkStatus(parts.link));
  app.route(
    "/fhir",
    fhirRoutes({
      store,
      base: fhirBase,
      version: parts.version,
      brokenBy: (caseId) => parts.glass.brokenBy(caseId),
      report: (error) => log.error({ err: error }, "a FHIR request failed"),
    }),
  );
  app.route("/metrics", metricsPage(metrics));

  describeSecurity(app);
  app.get("/openapi.json", (context) =>
    context.json(
      app.getOpenAPI31Document({
        openapi: "3.1.0",
        info: { title: "Yizhan station", version: parts.version, description: "The clinical API is FHIR R4 under /fhir." },
      }),
    ),
  );

  root.route("/", app);
  if (parts.web !== undefined) {
    root.use(pages(parts.web, { "/": "care.html", "/desk": "desk.html", "/booth": "booth.html" }));
  }
  return root;
}

function describeSecurity(app: OpenAPIHono<StationEnv>): void {
  app.openAPIRegistry.registerComponent("securitySchemes", "session", {
    type: "apiKey",
    in: "cookie",
    name: "yizhan_session",
    description:
      "From POST /api/sign-in; patients have `yizhan_patient`, from POST /api/my/sign-in. What changes something also needs the header `x-yizhan: 1`.",
  });
  app.openAPIRegistry.registerComponent("securitySchemes", "token", { type: "http", scheme: "bearer" });
}
