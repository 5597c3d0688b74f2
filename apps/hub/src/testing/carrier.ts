import { type Carrier, FederationError, type FederationErrorCode } from "@yizhan/federation";
import type { Hono } from "hono";

export interface AppCarrier extends Carrier {
  /** A link that is down answers nothing. */
  down: boolean;
  /** Every envelope that was handed over, in order. */
  readonly sent: Uint8Array[];
}

/** Carries straight into an app, without a socket. */
export function appCarrier(app: () => Hono): AppCarrier {
  const carrier: AppCarrier = {
    down: false,
    sent: [],
    envelope(bytes) {
      carrier.sent.push(bytes);
      return ask("envelopes", "application/octet-stream", Buffer.from(bytes));
    },
    hello: (message) => ask("hello", "application/json", JSON.stringify(message)),
    join: (message) => ask("join", "application/json", JSON.stringify(message)),
    close: () => undefined,
  };
  async function ask(path: string, type: string, body: BodyInit): Promise<unknown> {
    if (carrier.down) throw new FederationError("unreachable", "the test cut the link");
    const response = await app().request(`/federation/v1/${path}`, { method: "POST", headers: { "content-type": type }, body });
    const answer: unknown = await response.json();
    if (response.status === 200) return answer;
    const { error } = answer as { error: { code: FederationErrorCode } };
    throw new FederationError(error.code, `refused (${response.status})`);
  }
  return carrier;
}
