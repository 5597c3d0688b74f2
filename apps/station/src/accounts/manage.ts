import { createRoute, z } from "@hono/zod-openapi";
import { type Actor, hashPassphrase, staffRoleSchema } from "@yizhan/access";
import { Problem } from "@yizhan/http";
import type { Account, Store, Transaction } from "@yizhan/store";
import { note } from "../audit/note.ts";
import { apiPart, json, jsonBody, problems } from "../http/openapi.ts";
import { refused, secured } from "../http/secured.ts";
import { actorName } from "./actor-name.ts";
import { credentialsOf, licenceBody, licenceOf, licenceSchema } from "./licence.ts";
import { newPassphrase, withoutTotp } from "./own-account.ts";
import { userOf, userSchema } from "./user.ts";

const accountSchema = userSchema
  .extend({
    createdAt: z.string(),
    disabledAt: z.string().optional(),
    licence: licenceSchema.optional(),
    secondFactor: z.boolean(),
    passkeys: z.int().openapi({ description: "How many" }),
  })
  .openapi("Account");

const newAccount = z
  .strictObject({
    name: z.string().trim().min(1).max(200),
    role: staffRoleSchema.exclude(["operator", "epidemiologist"]),
    language: z.string().regex(/^[A-Za-z0-9-]{2,35}$/),
    passphrase: newPassphrase,
    licence: licenceBody.optional(),
  })
  .openapi("NewAccount");

const params = z.object({ id: z.string().regex(/^[A-Za-z0-9-]{1,64}$/) });
const manage = secured("account.manage");
const one = { 200: json(z.object({ account: accountSchema }), "The account"), ...problems(400, 401, 403, 404, 409) };
const done = (description: string) => ({ 204: { description }, ...problems(400, 401, 403, 404, 409) });

const listRoute = createRoute({
  ...manage,
  method: "get",
  path: "/accounts",
  summary: "The organisation's staff",
  responses: { 200: json(z.object({ accounts: z.array(accountSchema) }), "The accounts"), ...problems(401, 403) },
});
const createAccountRoute = createRoute({
  ...manage,
  method: "post",
  path: "/accounts",
  summary: "Let someone in",
  request: { body: jsonBody(newAccount) },
  responses: { 201: json(z.object({ account: accountSchema }), "The account"), ...problems(400, 401, 403, 409) },
});
const licenceRoute = createRoute({
  ...manage,
  method: "post",
  path: "/accounts/{id}/licence",
  summary: "Say what licence someone has and until when it holds",
  request: { params, body: jsonBody(licenceBody) },
  responses: one,
});
const disableRoute = createRoute({
  ...manage,
  method: "post",
  path: "/accounts/{id}/disable",
  summary: "Lock someone out; their sessions end at once",
  request: { params },
  responses: done("Locked out"),
});
const enableRoute = createRoute({
  ...manage,
  method: "post",
  path: "/accounts/{id}/enable",
  summary: "Let someone in again",
  request: { params },
  responses: one,
});
const signOutRoute = createRoute({
  ...manage,
  method: "post",
  path: "/accounts/{id}/sign-out",
  summary: "End every session of someone: their phone was lost",
  request: { params },
  responses: done("Ended"),
});
const factorRoute = createRoute({
  ...manage,
  method: "post",
  path: "/accounts/{id}/reset",
  summary: "A new passphrase for someone who lost theirs; second factor and passkeys go, sessions end",
  request: { params, body: jsonBody(z.strictObject({ passphrase: newPassphrase })) },
  responses: one,
});

/** What administrators do with the accounts of their organisation. */
export function manageAccounts(store: Store) {
  /** Does `work` with one account of the actor's organisation, audited. */
  function withAccount<T>(
    actor: Actor,
    id: string,
    action: string,
    work: (tx: Transaction, found: Account) => Promise<T>,
  ): Promise<T> {
    if (actor.kind === "anonymous") throw refused("not-signed-in");
    return store.transaction(
      async (tx) => {
        const found = await tx.accounts.byId(id);
        if (found === undefined) throw new Problem(404, "not-found");
        await note(store, tx, { action, actor: actorName(actor), detail: found.id });
        return work(tx, found);
      },
      { tenant: actor.tenant },
    );
  }
  return apiPart()
    .openapi(listRoute, async (context) => {
      const actor = context.get("actor");
      if (actor.kind === "anonymous") throw refused("not-signed-in");
      const found = await store.direct(actor.tenant).accounts.list();
      return context.json({ accounts: found.map(shown) }, 200);
    })
    .openapi(createAccountRoute, async (context) => {
      const actor = context.get("actor");
      if (actor.kind === "anonymous") throw refused("not-signed-in");
      const { passphrase, licence, ...content } = context.req.valid("json");
      const passphraseHash = await hashPassphrase(passphrase);
      const account = await store.transaction(
        async (tx) => {
          const credentials = licence === undefined ? {} : { credentials: credentialsOf(licence) };
          const made = await tx.accounts.create({ ...content, passphraseHash, ...credentials });
          await note(store, tx, { action: "account.create", actor: actorName(actor), detail: made.id });
          return made;
        },
        { tenant: actor.tenant },
      );
      return context.json({ account: shown(account) }, 201);
    })
    .openapi(licenceRoute, async (context) => {
      const credentials = credentialsOf(context.req.valid("json"));
      const { id } = context.req.valid("param");
      const account = await withAccount(context.get("actor"), id, "account.licence", (tx, found) =>
        tx.accounts.update(found, { credentials }),
      );
      return context.json({ account: shown(account) }, 200);
    })
    .openapi(disableRoute, async (context) => {
      const actor = context.get("actor");
      const { id } = context.req.valid("param");
      if (actor.kind === "staff" && actor.accountId === id) {
        throw new Problem(409, "conflict", { remedy: "Another administrator disables this account." });
      }
      await withAccount(actor, id, "account.disable", (tx) => tx.accounts.disable(id));
      await store.lockedOut(id);
      return context.body(null, 204);
    })
    .openapi(enableRoute, async (context) => {
      const { id } = context.req.valid("param");
      const account = await withAccount(context.get("actor"), id, "account.enable", async (tx, found) => {
        await tx.accounts.enable(id);
        return { ...found, disabledAt: undefined };
      });
      return context.json({ account: shown(account) }, 200);
    })
    .openapi(signOutRoute, async (context) => {
      const { id } = context.req.valid("param");
      await withAccount(context.get("actor"), id, "account.sign-out", (tx) => tx.sessions.endAll(id));
      return context.body(null, 204);
    })
    .openapi(factorRoute, async (context) => {
      const { id } = context.req.valid("param");
      const passphraseHash = await hashPassphrase(context.req.valid("json").passphrase);
      const account = await withAccount(context.get("actor"), id, "account.reset", async (tx, found) => {
        await tx.sessions.endAll(id);
        return tx.accounts.update(withoutTotp(found), { passphraseHash, passkeys: [] });
      });
      return context.json({ account: shown(account) }, 200);
    });
}

function shown(account: Account) {
  const { disabledAt, createdAt, passkeys = [] } = account;
  const licence = licenceOf(account);
  return {
    ...userOf(account),
    createdAt: createdAt.toISOString(),
    secondFactor: account.totpSecret !== undefined,
    passkeys: passkeys.length,
    ...(disabledAt === undefined ? {} : { disabledAt: disabledAt.toISOString() }),
    ...(licence === undefined ? {} : { licence }),
  };
}
