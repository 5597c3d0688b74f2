import { SignJWT } from "jose";

export interface JitsiTokenOptions {
  /** `app_id` and `app_secret` of prosody's token authentication. The secret has 32 bytes at least. */
  readonly appId: string;
  readonly secret: string;
  /** The XMPP domain, as in `VirtualHost`. */
  readonly domain: string;
  /** The one room this token opens; a token for every room (`*`) is not made. */
  readonly room: string;
  /** `name` is what the others see: a role's word, never a person's name. `id` is a pseudonym. */
  readonly user: { readonly id: string; readonly name: string; readonly moderator: boolean };
  /** Seconds. It is asked for when somebody joins or comes back, not while they stay. The default is four hours. */
  readonly lifetime?: number;
  /** Epoch milliseconds. */
  readonly now?: number;
}

/** What a token's holder may ask of the Jitsi. Nothing of a visit is recorded or leaves the room; who leads it may ask for captions. */
const features = (moderator: boolean) => ({
  recording: false,
  livestreaming: false,
  "outbound-call": false,
  "sip-outbound-call": false,
  "file-upload": false,
  transcription: moderator,
});

/** Seconds that a station's clock may be behind the Jitsi's. */
const clockSkew = 30;

/**
 * A token that lets one person into one room (HS256, as prosody's `mod_auth_token` reads it). Throws a
 * `RangeError` for a room or a secret that would open more than it should.
 */
export function jitsiToken(options: JitsiTokenOptions): Promise<string> {
  const { appId, secret, domain, room, user } = options;
  if (room === "" || room.includes("*")) throw new RangeError("a Jitsi token is for one room");
  const key = new TextEncoder().encode(secret);
  if (key.length < 32) throw new RangeError("the Jitsi secret has less than 32 bytes");
  const now = Math.floor((options.now ?? Date.now()) / 1_000);
  return new SignJWT({
    room: room.toLowerCase(),
    context: { user: { id: user.id, name: user.name, moderator: user.moderator }, features: features(user.moderator) },
    moderator: user.moderator,
  })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setIssuer(appId)
    .setAudience("jitsi")
    .setSubject(domain)
    .setIssuedAt(now)
    .setNotBefore(now - clockSkew)
    .setExpirationTime(now + (options.lifetime ?? 14_400))
    .sign(key);
}
