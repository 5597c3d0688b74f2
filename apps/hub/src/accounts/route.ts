import { guessLimiter, hashToken, makeSessionToken, verifyPassphrase, verifyTotp } from "@yizhan/access";
import { Problem } from "@yizhan/http";
import type { Account, Store } from "@yizhan/store";
import { type Context, Hono } from "hono";
import { deleteCookie, getCookie, setCookie } from "hono/cookie";
import { z } from "zod";
import { note } from "../audit.ts";
import type { HubEnv } from "../env.ts";
import { sessionCookie } from "./authenticate.ts";

/** How long a session lasts: a working day. */
const sessionMs = 12 * 3_600_000;
const windowMs = 15 * 60_000;

const signInShape = z.strictObject({
  name: z.string().min(1).max(200),
  passphrase: z.string().min(1).max(1_000),
  code: z
    .string()
    .regex(/^\d{6}$/)
    .optional(),
});

const userOf = ({ id, name, role, language }: Account) => ({ id, name, role, language });

/** Sign-in, sign-out, who am I. `secure` marks the cookie for HTTPS only. */
export function accounts(store: Store, secure: boolean): Hono<HubEnv> {
  const guesses = { names: guessLimiter({ limit: 10, windowMs }), all: guessLimiter({ limit: 300, windowMs }) };
  async function refusal(account: Account | undefined): Promise<Problem> {
    await store.transaction(async (tx) => note(tx, { action: "sign-in", account: account?.id, outcome: "refused" }));
    return new Problem(401, "sign-in-failed");
  }
  const app = new Hono<HubEnv>();
  app.post("/sign-in", async (context) => {
    const request = signInShape.safeParse(await jsonOf(context));
    if (!request.success) throw new Problem(400, "bad-request");
    const { passphrase, code } = request.data;
    const name = request.data.name.normalize("NFKC").toLowerCase();
    // Counted before they are judged, so that many at once are counted too.
    const waitMs = Math.max(guesses.names.spend(name), guesses.all.spend("all"));
    if (waitMs > 0) {
      context.header("retry-after", String(Math.ceil(waitMs / 1000)));
      throw new Problem(429, "too-many");
    }
    const account = await store.direct().accounts.byName(name);
    const { matches } = await verifyPassphrase(passphrase, account?.passphraseHash);
    if (account === undefined || !matches || account.disabledAt !== undefined) throw await refusal(account);
    let totpStep: number | undefined;
    if (account.totpSecret !== undefined) {
      if (code === undefined) throw new Problem(401, "code-needed");
      totpStep = verifyTotp(account.totpSecret, code, Date.now(), account.totpStep);
      if (totpStep === undefined) throw await refusal(account);
    }
    guesses.names.forgive(name);
    guesses.all.forgive("all");
    const token = makeSessionToken();
    const expires = new Date(Date.now() + sessionMs);
    await store.transaction(async (tx) => {
      // Compare-and-swap on the account's version: of two sign-ins with one code, one fails.
      if (totpStep !== undefined) await tx.accounts.update(account, { totpStep });
      await tx.sessions.create(token.hash, account.id, expires);
      note(tx, { action: "sign-in", account: account.id });
    });
    setCookie(context, sessionCookie, token.secret, { httpOnly: true, sameSite: "Strict", secure, path: "/", expires });
    return context.json({ user: userOf(account) });
  });
  app.post("/sign-out", async (context) => {
    const hash = hashToken(getCookie(context, sessionCookie) ?? "");
    const session = hash === undefined ? undefined : await store.direct().sessions.byToken(hash);
    if (hash !== undefined && session !== undefined) {
      await store.transaction(async (tx) => {
        await tx.sessions.end(hash);
        note(tx, { action: "sign-out", account: session.accountId });
      });
    }
    deleteCookie(context, sessionCookie, { path: "/" });
    return context.body(null, 204);
  });
  app.get("/me", async (context) => {
    const actor = context.get("actor");
    const account = actor === undefined ? undefined : await store.direct().accounts.byId(actor.accountId);
    if (account === undefined) throw new Problem(401, "signed-out");
    return context.json({ user: userOf(account) });
  });
  return app;
}

async function jsonOf(context: Context): Promise<unknown> {
  try {
    return await context.req.json();
  } catch (cause) {
    throw new Problem(400, "bad-request", { cause });
  }
}
