import { createHmac } from "node:crypto";

export interface TurnCredentials {
  /** `<expiry, epoch seconds>:<user>`. */
  readonly username: string;
  readonly credential: string;
}

export interface TurnOptions {
  /** coturn's `static-auth-secret`. */
  readonly secret: string;
  /** A pseudonym: coturn writes it into its log. */
  readonly user: string;
  /** Seconds. Default one day: a call may be resumed. */
  readonly lifetime?: number;
  /** Epoch milliseconds. */
  readonly now?: number;
}

/** Short-lived TURN credentials by the REST convention that coturn's `use-auth-secret` checks (draft-uberti-behave-turn-rest-00). */
export function turnCredentials(options: TurnOptions): TurnCredentials {
  const { secret, user, lifetime = 86_400 } = options;
  const expiry = Math.floor((options.now ?? Date.now()) / 1_000) + lifetime;
  const username = `${expiry}:${user}`;
  return { username, credential: createHmac("sha1", secret).update(username).digest("base64") };
}
