import { OpenAPIHono } from "@hono/zod-openapi";
import { baseApp, pages, Problem, problemJson } from "@yizhan/http";
import type { Store } from "@yizhan/store";
import { Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { authenticate } from "./accounts/authenticate.ts";
import { accounts } from "./accounts/route.ts";
import type { HubEnv } from "./env.ts";
import { federation, type FederationParts } from "./federation/route.ts";
import type { Acknowledgements } from "./fleet/acknowledgements.ts";
import type { Board } from "./fleet/board.ts";
import { fleetPages } from "./fleet/route.ts";
import { version } from "./version.ts";

export interface HubParts extends FederationParts {
  readonly store: Store;
  readonly board: Board;
  readonly acknowledgements: Acknowledgements;
  readonly publicUrl: string;
  /** Directory of the web build. */
  readonly web: string | undefined;
}

/** The whole hub: every mount and middleware, in the order a request meets them. */
export function hubApp(parts: HubParts): Hono {
  const { log, store, board, web } = parts;
  const root = baseApp(new Hono(), { log, maxBody: 2 * 1024 * 1024 });
  root.get("/healthz", (context) => context.json({ status: "ok", node: parts.identity.node, version }));
  root.route("/federation/v1", federation(parts));

  const api = new OpenAPIHono<HubEnv>();
  api.use(bodyLimit({ maxSize: 64 * 1024, onError: (context) => problemJson(context, new Problem(413, "body-too-large")) }));
  api.use(authenticate(store));
  api.route("/", accounts(store, parts.publicUrl.startsWith("https:")));
  api.route("/", fleetPages(board, parts.checkpoints, parts.acknowledgements));
  root.route("/api", api);
  root.get("/openapi.json", (context) =>
    context.json(
      api.getOpenAPI31Document({ openapi: "3.1.0", info: { title: "Yizhan hub", version }, servers: [{ url: "/api" }] }),
    ),
  );

  if (web !== undefined) root.use(pages(web, { "/": "fleet.html" }));
  return root;
}
