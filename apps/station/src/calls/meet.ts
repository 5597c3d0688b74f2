import { randomBytes } from "node:crypto";
import { jitsiToken, turnCredentials } from "@yizhan/meet/credentials";
import { readSecretFile } from "@yizhan/vault";
import type { StationConfig } from "../config.ts";

/** What the others see above somebody's picture. Nobody's name goes into a token. */
const words = { patient: "Patient", clinician: "Doctor", interpreter: "Interpreter", coordinator: "Coordinator" } as const;
export type CallRole = keyof typeof words;
export const callRoles = Object.keys(words) as readonly CallRole[];

/** Seconds. A token is shown when somebody joins or comes back, and each time a new one is made. */
const tokenSeconds = 900;
/** Seconds. The relay asks again while a call goes on. */
const turnSeconds = 4 * 3_600;

export interface IceServer {
  readonly targetType: "turn" | "turns";
  readonly urls: string;
  readonly username: string;
  readonly credential: string;
}

/** What lets one person into one room, for a while. */
export interface Grant {
  /** Origin of the Jitsi: its `external_api.js` and its pages. */
  readonly url: string;
  readonly room: string;
  readonly token: string;
  /** ISO 8601. */
  readonly until: string;
  readonly iceServers: IceServer[];
}

/** The station's own Jitsi. */
export interface Meet {
  /** For the content security policy: the one place from which scripts and frames come besides the station. */
  readonly origin: string;
  grant(room: string, role: CallRole): Promise<Grant>;
}

export async function openMeet(config: NonNullable<StationConfig["meet"]>): Promise<Meet> {
  const { domain, appId, turn } = config;
  const { origin } = new URL(config.url);
  const secret = await readSecretFile(config.tokenSecretFile);
  const relay = turn && { ...turn, secret: await readSecretFile(turn.secretFile) };
  return {
    origin,
    async grant(room, role) {
      // The Jitsi and the relay write it into their logs: it is nobody's, and another one each time.
      const id = randomBytes(9).toString("base64url");
      const user = { id, name: words[role], moderator: role !== "patient" };
      const until = new Date(Date.now() + tokenSeconds * 1_000).toISOString();
      const token = await jitsiToken({ appId, secret, domain, room, user, lifetime: tokenSeconds });
      if (relay === undefined) return { url: origin, room, token, until, iceServers: [] };
      const proof = turnCredentials({ secret: relay.secret, user: id, lifetime: turnSeconds });
      return {
        url: origin,
        room,
        token,
        until,
        iceServers: [
          { targetType: "turn", urls: `turn:${relay.host}:${relay.port}?transport=udp`, ...proof },
          { targetType: "turns", urls: `turns:${relay.host}:${relay.tlsPort}?transport=tcp`, ...proof },
        ],
      };
    },
  };
}
