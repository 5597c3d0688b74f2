import { createRoute, z } from "@hono/zod-openapi";
import { type Actor, hashPassphrase, type StaffActor, verifyPassphrase, verifyTotp } from "@yizhan/access";
import { Problem } from "@yizhan/http";
import type { Account, AccountContent, Store } from "@yizhan/store";
import { note } from "../audit/note.ts";
import { apiPart, jsonBody, problems } from "../http/openapi.ts";
import { refused, secured } from "../http/secured.ts";
import { actorName } from "./actor-name.ts";
import { charge, refund } from "./throttle.ts";

/** Long rather than odd: NIST SP 800-63B asks for length and forbids rules of composition. */
export const newPassphrase = z.string().min(12).max(1_000);
const given = z.string().min(1).max(1_000);

const passphraseRoute = createRoute({
  ...secured("signed-in"),
  method: "post",
  path: "/me/passphrase",
  summary: "Change my passphrase; every other session of mine ends",
  request: { body: jsonBody(z.strictObject({ passphrase: given, next: newPassphrase })) },
  responses: { 204: { description: "Changed" }, ...problems(400, 401, 403, 429) },
});
const removeRoute = createRoute({
  ...secured("signed-in"),
  method: "post",
  path: "/me/totp/remove",
  summary: "Do without the authenticator app again; takes the passphrase and one more code",
  request: { body: jsonBody(z.strictObject({ passphrase: given, code: z.string().regex(/^\d{6}$/) })) },
  responses: { 204: { description: "Removed" }, ...problems(400, 401, 403, 409, 429) },
});
const everywhereRoute = createRoute({
  ...secured("signed-in"),
  method: "post",
  path: "/me/sign-out-everywhere",
  summary: "End every other session of mine",
  responses: { 204: { description: "Ended" }, ...problems(401, 403) },
});

/** What people do with their own account. A signed-in page alone does not change how to sign in: the passphrase does. */
export function ownAccount(store: Store) {
  async function proved(actor: Actor, passphrase: string): Promise<{ actor: StaffActor; account: Account }> {
    if (actor.kind !== "staff") throw refused("role");
    const charges = [{ key: `own/${actor.accountId}`, limit: 10 }];
    if ((await charge(store, charges)) > 0) throw new Problem(429, "too-many");
    const account = await store.direct(actor.tenant).accounts.byId(actor.accountId);
    const { matches } = await verifyPassphrase(passphrase, account?.passphraseHash);
    if (account === undefined || !matches) throw new Problem(403, "sign-in-failed");
    await refund(store, charges);
    return { actor, account };
  }
  async function change(actor: StaffActor, account: Account, action: string, next: Partial<AccountContent>): Promise<void> {
    await store.transaction(
      async (tx) => {
        await tx.accounts.update(account, next);
        await tx.sessions.endAll(account.id, actor.sessionId);
        await note(store, tx, { action, actor: actorName(actor), detail: account.id });
      },
      { tenant: actor.tenant },
    );
  }
  return apiPart()
    .openapi(passphraseRoute, async (context) => {
      const { passphrase, next } = context.req.valid("json");
      const { actor, account } = await proved(context.get("actor"), passphrase);
      await change(actor, account, "account.passphrase", { passphraseHash: await hashPassphrase(next) });
      return context.body(null, 204);
    })
    .openapi(removeRoute, async (context) => {
      const { passphrase, code } = context.req.valid("json");
      const { actor, account } = await proved(context.get("actor"), passphrase);
      if (account.totpSecret === undefined) throw new Problem(409, "conflict", { remedy: "There is no second factor." });
      const step = verifyTotp(account.totpSecret, code, Date.now(), account.totpStep);
      if (step === undefined) throw new Problem(400, "bad-request", { details: [{ field: "code", code: "not-allowed" }] });
      await change(actor, withoutTotp(account), "account.second-factor-removed", {});
      return context.body(null, 204);
    })
    .openapi(everywhereRoute, async (context) => {
      const actor = context.get("actor");
      if (actor.kind !== "staff") throw refused("role");
      await store.transaction(
        async (tx) => {
          await tx.sessions.endAll(actor.accountId, actor.sessionId);
          await note(store, tx, { action: "account.sign-out", actor: actorName(actor), detail: actor.accountId });
        },
        { tenant: actor.tenant },
      );
      return context.body(null, 204);
    });
}

/** The account as it was read, without its second factor: to be written back. */
export function withoutTotp(account: Account): Account {
  const { totpSecret: _secret, totpStep: _step, ...rest } = account;
  return rest;
}
