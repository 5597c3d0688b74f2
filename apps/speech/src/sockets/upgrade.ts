import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import { bearerOf } from "./authorise.ts";

export interface SocketRoute {
  /** Matches the path; its first group, if any, is given to `open`. */
  readonly path: RegExp;
  /** The older clients give their token in the query. */
  readonly tokenInQuery?: boolean;
  /** Why this request cannot be served, or undefined. */
  refuse(query: URLSearchParams, name: string | undefined): Refusal | undefined;
  open(socket: WebSocket, query: URLSearchParams, name: string | undefined): void;
}

export interface Refusal {
  readonly status: 400 | 401 | 404 | 503;
  readonly code: string;
  readonly remedy?: string;
}

export interface UpgradeOptions {
  readonly routes: readonly SocketRoute[];
  readonly allowed: (token: string | undefined) => boolean;
  /** Bytes of one message; a larger one closes the socket (1009). */
  readonly maxPayload?: number;
  /** Open sockets at once, at most. */
  readonly limit?: number;
  readonly onError: (error: unknown) => void;
}

const reasons: Readonly<Record<Refusal["status"], string>> = {
  400: "Bad Request",
  401: "Unauthorized",
  404: "Not Found",
  503: "Service Unavailable",
};

/** Takes WebSocket upgrades: path, token and query are judged before the socket is one. */
export function socketUpgrades(options: UpgradeOptions) {
  const server = new WebSocketServer({ noServer: true, maxPayload: options.maxPayload ?? 262_144, perMessageDeflate: false });
  const upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer): void => {
    const url = URL.parse(request.url ?? "/", "http://localhost");
    const found = url === null ? undefined : match(options.routes, url.pathname);
    if (url === null || found === undefined) return refuse(socket, { status: 404, code: "not-found" });
    const { route, name } = found;
    const given =
      bearerOf(request.headers.authorization) ??
      (route.tokenInQuery ? (url.searchParams.get("auth_token") ?? undefined) : undefined);
    if (!options.allowed(given)) {
      return refuse(socket, { status: 401, code: "token-wrong", remedy: "Send the speech token as Authorization: Bearer." });
    }
    const refusal = route.refuse(url.searchParams, name);
    if (refusal !== undefined) return refuse(socket, refusal);
    if (server.clients.size >= (options.limit ?? 512)) return refuse(socket, { status: 503, code: "too-many-sockets" });
    server.handleUpgrade(request, socket, head, (open) => {
      open.on("error", (error) => {
        options.onError(error);
        open.terminate();
      });
      route.open(open, url.searchParams, name);
    });
  };
  const close = () => {
    for (const client of server.clients) client.close(1001);
    server.close();
  };
  return { upgrade, close };
}

function match(routes: readonly SocketRoute[], path: string): { route: SocketRoute; name: string | undefined } | undefined {
  for (const route of routes) {
    const found = route.path.exec(path);
    if (found !== null) return { route, name: found[1] };
  }
  return undefined;
}

function refuse(socket: Duplex, { status, code, remedy }: Refusal): void {
  const body = JSON.stringify({ error: { code, ...(remedy === undefined ? {} : { remedy }) } });
  socket.end(
    `HTTP/1.1 ${status} ${reasons[status]}\r\nContent-Type: application/json\r\nContent-Length: ${Buffer.byteLength(body)}\r\n` +
      `${status === 401 ? "WWW-Authenticate: Bearer\r\n" : ""}Connection: close\r\n\r\n${body}`,
  );
}
