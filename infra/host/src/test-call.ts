import { join } from "node:path";
import { jitsiToken, makeRoomName, turnCredentials, type TurnCredentials } from "@yizhan/meet/credentials";
import { HostError } from "./errors.ts";
import { readOrNone } from "./files.ts";
import { paths } from "./paths.ts";

/** What opens one call of three for a few minutes: no secret of the host's, and nothing that outlives it. */
export interface TestCall {
  readonly turn: TurnCredentials;
  readonly room: string;
  /** One for each of the three; the first one leads, as a clinician does. */
  readonly tokens: readonly string[];
  /** Certificate of the station's own authority, where it made its own; as anybody gets it from `/authority.crt`. */
  readonly authority?: string;
}

/** Seconds. It is asked for when it is used. */
const lifetime = 300;

/**
 * For whoever asks from outside whether calls come through. The room's name is none of a visit's, so that it is not
 * captioned and stands in nobody's list. Throws `no-calls` where this host has neither relay nor rooms.
 */
export async function testCall(domain: string, etc: string = paths.etc): Promise<TestCall> {
  if (!/^[a-z0-9.-]{4,253}$/.test(domain)) throw new HostError("usage", "Name the Jitsi's own name: test-call meet.example.org.");
  const [app, turn] = await Promise.all(["jitsi-app", "turn"].map((name) => readOrNone(join(etc, "secrets", name))));
  if (app === undefined || turn === undefined) throw new HostError("no-calls", "This host holds no calls.");
  const authority = await readOrNone(join(etc, "tls/authority.pem"));
  const room = makeRoomName().replace(/^v/, "check-");
  const token = (number: number) =>
    jitsiToken({
      appId: "yizhan",
      secret: app.toString("utf8").trim(),
      domain,
      room,
      user: { id: `check-${number}`, name: `Check ${number}`, moderator: number === 1 },
      lifetime,
    });
  return {
    turn: turnCredentials({ secret: turn.toString("utf8").trim(), user: "check", lifetime }),
    room,
    tokens: await Promise.all([1, 2, 3].map(token)),
    ...(authority === undefined ? {} : { authority: authority.toString("utf8") }),
  };
}
