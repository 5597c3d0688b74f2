import { Agent, request } from "node:http";

export interface Load {
  readonly perSecond: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p95: number;
}

export interface Asked {
  readonly method: "GET" | "POST";
  readonly path: string;
  readonly body?: string;
}

/**
 * Sends requests from `clients` at once, each on its own warm connection, for `seconds`. Throws at the
 * first answer that is not a success: a server that refuses quickly is not a fast one.
 */
export async function load(
  base: string,
  token: string,
  next: () => Asked,
  { clients, seconds }: { readonly clients: number; readonly seconds: number },
): Promise<Load> {
  const agent = new Agent({ keepAlive: true, maxSockets: clients });
  const times: number[] = [];
  const start = performance.now();
  const end = start + seconds * 1_000;
  await Promise.all(
    Array.from({ length: clients }, async () => {
      while (performance.now() < end) {
        const asked = next();
        const began = performance.now();
        await send(agent, base, token, asked);
        times.push(performance.now() - began);
      }
    }),
  );
  const elapsed = (performance.now() - start) / 1_000;
  agent.destroy();
  times.sort((a, b) => a - b);
  const at = (share: number) => times[Math.min(times.length - 1, Math.floor(times.length * share))] ?? Number.NaN;
  return { perSecond: times.length / elapsed, p50: at(0.5), p95: at(0.95) };
}

function send(agent: Agent, base: string, token: string, { method, path, body }: Asked): Promise<void> {
  return new Promise((resolve, reject) => {
    const sent = request(
      `${base}${path}`,
      {
        agent,
        method,
        headers: {
          authorization: `Bearer ${token}`,
          ...(body === undefined ? {} : { "content-type": "application/fhir+json", "content-length": Buffer.byteLength(body) }),
        },
      },
      (answer) => {
        const parts: Buffer[] = [];
        answer.on("data", (part: Buffer) => parts.push(part));
        answer.on("end", () => {
          if (answer.statusCode !== undefined && answer.statusCode < 300) resolve();
          else reject(new Error(`${method} ${path}: ${answer.statusCode} ${Buffer.concat(parts).toString().slice(0, 300)}`));
        });
        answer.on("error", reject);
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
}
