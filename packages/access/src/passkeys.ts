import type { AuthenticationResponseJSON, RegistrationResponseJSON } from "@simplewebauthn/server";

/** Where passkeys are good: the page's origin, and its host as the relying party. */
export interface PasskeySite {
  /** `https://station.example`, as in the browser's address line. */
  readonly origin: string;
  /** What the person's device shows. */
  readonly name: string;
}

/** What is stored of a passkey; no secret. */
export interface Passkey {
  readonly id: string;
  /** COSE key, base64url. */
  readonly publicKey: string;
  /** Uses so far, by the authenticator's count; 0 for those that do not count. */
  readonly counter: number;
  readonly transports?: readonly string[];
}

// The library brings X.509 and CBOR with it: loaded when someone first uses a passkey.
const library = () => import("@simplewebauthn/server");
const host = (site: PasskeySite) => new URL(site.origin).hostname;

/** Options for `navigator.credentials.create`; keep their `challenge` for {@link verifyNewPasskey}. */
export async function newPasskeyOptions(
  site: PasskeySite,
  account: { readonly id: string; readonly name: string },
  known: readonly Passkey[],
) {
  const { generateRegistrationOptions } = await library();
  return generateRegistrationOptions({
    rpName: site.name,
    rpID: host(site),
    userName: account.name,
    userID: new TextEncoder().encode(account.id),
    attestationType: "none",
    excludeCredentials: known.map(({ id }) => ({ id })),
    authenticatorSelection: { residentKey: "required", userVerification: "required" },
  });
}

/** The passkey to store, or `undefined` where the answer is not to this challenge and site. */
export async function verifyNewPasskey(site: PasskeySite, challenge: string, response: unknown): Promise<Passkey | undefined> {
  const { verifyRegistrationResponse } = await library();
  const result = await quietly(() =>
    verifyRegistrationResponse({
      response: response as RegistrationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: site.origin,
      expectedRPID: host(site),
      requireUserVerification: true,
    }),
  );
  if (result?.verified !== true) return undefined;
  const { id, publicKey, counter, transports } = result.registrationInfo.credential;
  return {
    id,
    publicKey: Buffer.from(publicKey).toString("base64url"),
    counter,
    ...(transports === undefined ? {} : { transports }),
  };
}

/**
 * Options for `navigator.credentials.get`; keep their `challenge` for {@link verifyPasskey}. Without `known`
 * the device offers what it has for this site, and its answer says whose it is: {@link passkeyClaims}.
 */
export async function passkeyOptions(site: PasskeySite, known: readonly Passkey[] = []) {
  const { generateAuthenticationOptions } = await library();
  return generateAuthenticationOptions({
    rpID: host(site),
    userVerification: "required",
    allowCredentials: known.map(({ id }) => ({ id })),
  });
}

/**
 * The passkey with its new count, to be stored, or `undefined` where the answer is wrong. A count that does
 * not grow is wrong too: the passkey was copied.
 */
export async function verifyPasskey(
  site: PasskeySite,
  challenge: string,
  passkey: Passkey,
  response: unknown,
): Promise<Passkey | undefined> {
  const { verifyAuthenticationResponse } = await library();
  const result = await quietly(() =>
    verifyAuthenticationResponse({
      response: response as AuthenticationResponseJSON,
      expectedChallenge: challenge,
      expectedOrigin: site.origin,
      expectedRPID: host(site),
      requireUserVerification: true,
      credential: {
        id: passkey.id,
        publicKey: new Uint8Array(Buffer.from(passkey.publicKey, "base64url")),
        counter: passkey.counter,
      },
    }),
  );
  return result?.verified === true ? { ...passkey, counter: result.authenticationInfo.newCounter } : undefined;
}

/** What a device's answer says of itself before it is verified: the passkey's id, the owner it was made for, the challenge. */
export function passkeyClaims(
  response: unknown,
): { readonly id: string; readonly owner: string; readonly challenge: string } | undefined {
  const { id, response: inner } = (response ?? {}) as {
    id?: unknown;
    response?: { userHandle?: unknown; clientDataJSON?: unknown };
  };
  const { userHandle, clientDataJSON } = inner ?? {};
  if (typeof id !== "string" || typeof userHandle !== "string" || typeof clientDataJSON !== "string") return undefined;
  const owner = Buffer.from(userHandle, "base64url").toString("utf8");
  const challenge = /"challenge":"([A-Za-z0-9_-]{16,200})"/.exec(Buffer.from(clientDataJSON, "base64url").toString("utf8"))?.[1];
  return challenge === undefined || !/^[A-Za-z0-9-]{1,64}$/.test(owner) ? undefined : { id, owner, challenge };
}

/** The library throws on whatever a stranger sent wrong; here that is simply a no. */
async function quietly<T>(work: () => Promise<T>): Promise<T | undefined> {
  return work().catch(() => undefined);
}
