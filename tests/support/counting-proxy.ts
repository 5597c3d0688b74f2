import { once } from "node:events";
import { connect, createServer, type Socket } from "node:net";

export interface CountingProxy {
  readonly port: number;
  /** Counts anew; resolves when the first byte of the answer to the `request`-th request has come, and holds that answer back. */
  arm(request: number): Promise<void>;
  /** Requests since then. */
  count(): number;
  close(): Promise<void>;
}

/**
 * Stands before a server whose one client waits for each answer, and counts what it asks. Who is killed when `arm`
 * resolves has had one request more done than it knows.
 */
export async function countingProxy(target: number): Promise<CountingProxy> {
  const sockets = new Set<Socket>();
  let requests = 0;
  let last = Infinity;
  let reached = () => {};
  const server = createServer((client) => {
    const upstream = connect(target, "127.0.0.1");
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      // The end of a killed client is no surprise here.
      socket.on("error", () => socket.destroy());
      socket.on("close", () => {
        client.destroy();
        upstream.destroy();
        sockets.delete(socket);
      });
    }
    client.on("data", (bytes) => {
      requests += 1;
      upstream.write(bytes);
    });
    upstream.on("data", (bytes) => {
      if (requests < last) client.write(bytes);
      else reached();
    });
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    arm: (request) =>
      new Promise((resolve) => {
        requests = 0;
        last = request;
        reached = resolve;
      }),
    count: () => requests,
    async close() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
