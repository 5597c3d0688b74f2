import { Agent as HttpAgent, type IncomingMessage, request as httpRequest } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { z } from "zod";
import { parseJson } from "../canonical.ts";
import { FederationError, type FederationErrorCode, federationErrorCodes } from "../errors.ts";
import type { Carrier } from "./types.ts";

const maxAnswer = 1024 * 1024;
const refusal = z.object({ error: z.object({ code: z.string().max(80) }) });

export interface HttpCarrierOptions {
  /** Gives up on an answer after this many milliseconds. Default 30,000. */
  readonly timeoutMs?: number;
}

/** HTTP or HTTPS with connections kept open, so that a warm envelope costs one round trip. */
export function httpCarrier(hubUrl: string, options: HttpCarrierOptions = {}): Carrier {
  const base = new URL(hubUrl);
  const secure = base.protocol === "https:";
  const agentOptions = { keepAlive: true, maxSockets: 8, scheduling: "lifo" } as const;
  const agent = secure ? new HttpsAgent(agentOptions) : new HttpAgent(agentOptions);
  const timeoutMs = options.timeoutMs ?? 30_000;

  async function post(path: string, type: string, body: Uint8Array, signal: AbortSignal): Promise<unknown> {
    const url = new URL(path, base);
    for (let again = true; ; again = false) {
      let reused = false;
      try {
        return await new Promise<unknown>((resolve, reject) => {
          const headers = { "content-type": type, "content-length": body.length };
          const message = (secure ? httpsRequest : httpRequest)(url, {
            method: "POST",
            agent,
            headers,
            signal,
            timeout: timeoutMs,
          });
          message.on("socket", () => (reused = message.reusedSocket));
          message.on("timeout", () => message.destroy(new Error("no answer in time")));
          message.on("error", reject);
          message.on("response", (response) => readAnswer(response).then(resolve, reject));
          message.end(body);
        });
      } catch (error) {
        if (error instanceof FederationError) throw error;
        // The other side may close an idle connection just as it is used again; a fresh one decides.
        if (again && reused && !signal.aborted) continue;
        throw new FederationError("unreachable", "the hub does not answer", { cause: error });
      }
    }
  }

  const json = (message: unknown) => Buffer.from(JSON.stringify(message));
  return {
    envelope: (bytes, signal) => post("/federation/v1/envelopes", "application/octet-stream", bytes, signal),
    hello: (message, signal) => post("/federation/v1/hello", "application/json", json(message), signal),
    join: (message, signal) => post("/federation/v1/join", "application/json", json(message), signal),
    close: () => agent.destroy(),
  };
}

async function readAnswer(response: IncomingMessage): Promise<unknown> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size > maxAnswer) throw new FederationError("too-large", "an answer larger than the protocol allows");
    chunks.push(chunk);
  }
  const status = response.statusCode ?? 0;
  if (status === 200) return parseJson(Buffer.concat(chunks));
  if (status >= 500 || status === 429) throw new FederationError("unreachable", `the hub answered ${status}`);
  const known = refusal.safeParse(parseJson(Buffer.concat(chunks)));
  const code = known.success ? known.data.error.code : "";
  const isKnown = (text: string): text is FederationErrorCode => (federationErrorCodes as readonly string[]).includes(text);
  throw new FederationError(isKnown(code) ? code : "refused", `the hub refused (${status})`);
}
