import { createAdaptorServer } from "@hono/node-server";
import { Server as HttpServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";
import type { Duplex } from "node:stream";
import type { Hono } from "hono";
import type { Log } from "./log.ts";

export interface ServeOptions {
  readonly app: Hono;
  readonly host: string;
  /** 0 takes any free port. */
  readonly port: number;
  readonly log: Log;
  /** Takes WebSocket upgrades; without it they are refused. */
  readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  /** Runs once, after the server stopped taking requests and before the process may end. */
  readonly close?: () => Promise<void>;
}

export interface NodeServer {
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Listens, tells a parent process that it is ready (`{ type: "ready", url }` over IPC), and ends in
 * order on SIGTERM, SIGINT or when the parent is gone, so that a killed supervisor leaves nothing behind.
 */
export async function serveNode(options: ServeOptions): Promise<NodeServer> {
  const { app, host, port, log } = options;
  const adaptor = createAdaptorServer({ fetch: app.fetch });
  if (!(adaptor instanceof HttpServer)) throw new TypeError("an HTTP/1.1 server was expected");
  const server: HttpServer = adaptor;
  // Slow or silent clients may not hold a connection for ever.
  server.headersTimeout = 15_000;
  server.requestTimeout = 120_000;
  // Longer than a station's signs of life are apart, so that its next envelope finds a warm connection.
  server.keepAliveTimeout = 65_000;
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", (error) => log.warn({ err: error }, "upgrade socket"));
    if (options.upgrade) options.upgrade(request, socket, head);
    else socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\n\r\n");
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(port, host, () => {
      server.off("error", reject);
      resolve();
    });
  });
  const address = server.address() as AddressInfo;
  const url = `http://${address.family === "IPv6" ? `[${address.address}]` : address.address}:${address.port}`;

  let closing: Promise<void> | undefined;
  const close = () => (closing ??= shut());
  async function shut(): Promise<void> {
    process.off("SIGTERM", end);
    process.off("SIGINT", end);
    process.off("disconnect", end);
    const stopped = new Promise<void>((resolve) => server.close(() => resolve()));
    server.closeIdleConnections();
    // Event streams never end by themselves.
    const force = setTimeout(() => server.closeAllConnections(), 1_000);
    await stopped;
    clearTimeout(force);
    await options.close?.();
    log.info("stopped");
  }
  const end = () => {
    close().then(
      () => process.exit(0),
      (error: unknown) => {
        log.error({ err: error }, "did not stop in order");
        process.exit(1);
      },
    );
  };
  process.on("SIGTERM", end);
  process.on("SIGINT", end);
  process.on("disconnect", end);
  log.info({ url }, "listening");
  process.send?.({ type: "ready", url });
  return { url, close };
}
