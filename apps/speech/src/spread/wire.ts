import { once } from "node:events";
import type { ClientRequest, IncomingMessage } from "node:http";
import { request } from "node:https";

/** How a machine is reached: its address, and the one certificate that it may show. */
export interface Wire {
  readonly url: string;
  readonly certificate: string;
  readonly certificateName: string;
}

export interface Question {
  readonly path: string;
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string | undefined>>;
  readonly body?: Uint8Array;
  readonly signal?: AbortSignal;
  /** Milliseconds until it has begun to answer. */
  readonly within?: number;
}

/** Opens a request over TLS; the certificate is compared, no other authority counts. The caller ends it. */
export function open({ url, certificate, certificateName }: Wire, question: Question): ClientRequest {
  const { hostname, port } = new URL(url);
  const headers = Object.fromEntries(Object.entries(question.headers ?? {}).filter(([, value]) => value !== undefined));
  return request({
    host: hostname.replaceAll(/^\[|\]$/g, ""),
    port: port === "" ? 443 : Number(port),
    servername: certificateName,
    ca: certificate,
    // Each has a connection of its own: what a machine that went away left behind hangs nobody else.
    agent: false,
    path: question.path,
    method: question.method ?? "GET",
    headers: { ...headers, host: certificateName },
    ...(question.signal === undefined ? {} : { signal: question.signal }),
  });
}

/** Asks, and settles when the answer begins. Rejects where there is none in time. */
export async function ask(wire: Wire, question: Question): Promise<IncomingMessage> {
  const asked = open(wire, question);
  const late = setTimeout(() => asked.destroy(new Error("no answer in time")), question.within ?? 10_000);
  try {
    asked.end(question.body);
    const [answer] = (await once(asked, "response")) as [IncomingMessage];
    // What goes wrong after its beginning, whoever reads it sees.
    asked.on("error", () => undefined);
    return answer;
  } finally {
    clearTimeout(late);
  }
}

/** The whole of a short answer. */
export async function textOf(answer: IncomingMessage): Promise<string> {
  let text = "";
  answer.setEncoding("utf8");
  for await (const piece of answer) text += String(piece);
  return text;
}
