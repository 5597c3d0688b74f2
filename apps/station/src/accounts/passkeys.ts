import { createRoute, z } from "@hono/zod-openapi";
import {
  type Actor,
  newPasskeyOptions,
  type Passkey,
  passkeyClaims,
  passkeyOptions,
  type PasskeySite,
  verifyNewPasskey,
  verifyPasskey,
} from "@yizhan/access";
import { Problem } from "@yizhan/http";
import type { Account, Store } from "@yizhan/store";
import { note } from "../audit/note.ts";
import { callerAddress } from "../http/address.ts";
import { apiPart, json, jsonBody, problems } from "../http/openapi.ts";
import { refused, secured } from "../http/secured.ts";
import { actorName } from "./actor-name.ts";
import { sessionCookie } from "./authenticate.ts";
import { beginSession, giveCookie } from "./session.ts";
import { noteFailure } from "./sign-in.ts";
import { charge, refund } from "./throttle.ts";
import { userOf, userSchema } from "./user.ts";

/** How long a device has to answer, milliseconds. */
export const challengeMs = 5 * 60_000;
/** Passkeys one account or patient may have. */
export const mostPasskeys = 10;

/** What the browser hands to `navigator.credentials`, and what comes back; their shapes are WebAuthn's. */
export const optionsSchema = z.object({ challenge: z.string() }).openapi("PasskeyOptions", { additionalProperties: true });
export const answerSchema = z.strictObject({ response: z.record(z.string(), z.unknown()) }).openapi("PasskeyAnswer");
const mineSchema = z.object({ passkeys: z.array(z.object({ id: z.string(), name: z.string(), createdAt: z.string() })) });
const offered = { 200: json(z.object({ options: optionsSchema }), "For the device") };

const beginRoute = createRoute({
  ...secured("signed-in"),
  method: "post",
  path: "/me/passkeys/options",
  summary: "Begin with a new passkey",
  responses: { ...offered, ...problems(401, 403, 409) },
});
const addRoute = createRoute({
  ...secured("signed-in"),
  method: "post",
  path: "/me/passkeys",
  summary: "Keep the passkey that the device made",
  request: { body: jsonBody(answerSchema.extend({ name: z.string().trim().min(1).max(60) }).openapi("NewPasskey")) },
  responses: { 201: json(mineSchema, "The passkeys"), ...problems(400, 401, 403, 409) },
});
const listRoute = createRoute({
  ...secured("signed-in"),
  method: "get",
  path: "/me/passkeys",
  summary: "My passkeys",
  responses: { 200: json(mineSchema, "The passkeys"), ...problems(401, 403) },
});
const removeRoute = createRoute({
  ...secured("signed-in"),
  method: "post",
  path: "/me/passkeys/{id}/remove",
  summary: "Let a passkey open no more",
  request: { params: z.object({ id: z.string().regex(/^[A-Za-z0-9_-]{1,1400}$/) }) },
  responses: { 200: json(mineSchema, "The passkeys that are left"), ...problems(401, 403, 404) },
});
const askRoute = createRoute({
  ...secured("public"),
  method: "post",
  path: "/sign-in/passkey/options",
  summary: "Begin signing in with a passkey",
  responses: { ...offered, ...problems(429) },
});
const signInRoute = createRoute({
  ...secured("public"),
  method: "post",
  path: "/sign-in/passkey",
  summary: "Sign in with what the device answered; a passkey needs neither passphrase nor code",
  request: { body: jsonBody(answerSchema) },
  responses: { 200: json(z.object({ user: userSchema }), "Signed in; the session is in a cookie"), ...problems(400, 401, 429) },
});

/** What is stored of a passkey beside what verifies it. */
type NamedPasskey = Passkey & { readonly name?: string; readonly createdAt?: string };
const passkeysOf = (account: Account) => (account.passkeys ?? []) as unknown as readonly NamedPasskey[];

/** Passkeys of staff. `secure` marks the cookie for HTTPS only. */
export function staffPasskeys(store: Store, site: PasskeySite, secure: boolean) {
  async function mine(actor: Actor): Promise<Account> {
    if (actor.kind !== "staff") throw refused("role");
    const account = await store.direct(actor.tenant).accounts.byId(actor.accountId);
    if (account === undefined) throw refused("not-signed-in");
    return account;
  }
  const shown = (passkeys: readonly NamedPasskey[]) => ({
    passkeys: passkeys.map(({ id, name = "", createdAt = "" }) => ({ id, name, createdAt })),
  });
  async function change(actor: Actor, account: Account, passkeys: readonly NamedPasskey[], action: string) {
    await store.transaction(
      async (tx) => {
        await tx.accounts.update(account, { passkeys: passkeys.map((one) => ({ ...one })) });
        await note(store, tx, { action, actor: actorName(actor), detail: account.id });
      },
      { tenant: account.tenant },
    );
    return shown(passkeys);
  }
  return apiPart()
    .openapi(listRoute, async (context) => context.json(shown(passkeysOf(await mine(context.get("actor")))), 200))
    .openapi(beginRoute, async (context) => {
      const account = await mine(context.get("actor"));
      const known = passkeysOf(account);
      if (known.length >= mostPasskeys) throw new Problem(409, "conflict", { remedy: `At most ${mostPasskeys} passkeys.` });
      const options = await newPasskeyOptions(site, account, known);
      await store.direct().challenges.keep(`new/${account.id}`, options.challenge, new Date(Date.now() + challengeMs));
      return context.json({ options }, 200);
    })
    .openapi(addRoute, async (context) => {
      const actor = context.get("actor");
      const account = await mine(actor);
      const { response, name } = context.req.valid("json");
      const challenge = answeredChallenge(response);
      const expected = challenge !== undefined && (await store.direct().challenges.take(`new/${account.id}`, challenge));
      const passkey = expected ? await verifyNewPasskey(site, challenge, response) : undefined;
      if (passkey === undefined) throw new Problem(400, "bad-request", { details: [{ field: "response", code: "not-allowed" }] });
      const added = { ...passkey, name, createdAt: new Date().toISOString() };
      return context.json(await change(actor, account, [...passkeysOf(account), added], "account.passkey-added"), 201);
    })
    .openapi(removeRoute, async (context) => {
      const actor = context.get("actor");
      const account = await mine(actor);
      const left = passkeysOf(account).filter((one) => one.id !== context.req.valid("param").id);
      if (left.length === passkeysOf(account).length) throw new Problem(404, "not-found");
      return context.json(await change(actor, account, left, "account.passkey-removed"), 200);
    })
    .openapi(askRoute, async (context) => {
      const waitMs = await charge(store, [{ key: `passkey/ask/${callerAddress(context)}`, limit: 300 }]);
      if (waitMs > 0) throw new Problem(429, "too-many");
      const options = await passkeyOptions(site);
      await store.direct().challenges.keep("sign-in", options.challenge, new Date(Date.now() + challengeMs));
      return context.json({ options }, 200);
    })
    .openapi(signInRoute, async (context) => {
      const charges = [{ key: `sign-in/address/${callerAddress(context)}`, limit: 100 }];
      if ((await charge(store, charges)) > 0) throw new Problem(429, "too-many");
      const { response } = context.req.valid("json");
      const claims = passkeyClaims(response);
      const expected = claims !== undefined && (await store.direct().challenges.take("sign-in", claims.challenge));
      const account = expected ? await store.direct().accounts.anywhere(claims.owner) : undefined;
      const known = account === undefined ? [] : passkeysOf(account);
      const passkey = known.find((one) => one.id === claims?.id);
      const used = passkey && claims && (await verifyPasskey(site, claims.challenge, passkey, response));
      if (account === undefined || passkey === undefined || used === undefined || account.disabledAt !== undefined) {
        await noteFailure(store, account);
        throw new Problem(401, "sign-in-failed");
      }
      const session = await store.transaction(
        async (tx) => {
          await tx.accounts.update(account, {
            passkeys: known.map((one) => (one.id === used.id ? { ...one, ...used } : { ...one })),
          });
          return beginSession(store, tx, account, "passkey");
        },
        { tenant: account.tenant },
      );
      await refund(store, charges);
      giveCookie(context, sessionCookie, session, secure);
      return context.json({ user: userOf(account) }, 200);
    });
}

/** The challenge that a new passkey was made for. */
export function answeredChallenge(response: Readonly<Record<string, unknown>>): string | undefined {
  const { clientDataJSON } = (response.response ?? {}) as { clientDataJSON?: unknown };
  if (typeof clientDataJSON !== "string") return undefined;
  return /"challenge":"([A-Za-z0-9_-]{16,200})"/.exec(Buffer.from(clientDataJSON, "base64url").toString("utf8"))?.[1];
}
