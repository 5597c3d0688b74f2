import { createRoute, z } from "@hono/zod-openapi";
import { hashPassphrase, staffRoleSchema } from "@yizhan/access";
import { Problem } from "@yizhan/http";
import type { Account, Store } from "@yizhan/store";
import { note } from "../audit/note.ts";
import { apiPart, json, jsonBody, problems } from "../http/openapi.ts";
import { secured } from "../http/secured.ts";
import { actorName } from "./actor-name.ts";
import { userOf, userSchema } from "./user.ts";

const accountSchema = userSchema
  .extend({
    createdAt: z.string(),
    disabledAt: z.string().optional(),
    licenceUntil: z.string().optional().openapi({ description: "When the licence runs out: from then on no new cases" }),
    secondFactor: z.boolean(),
  })
  .openapi("Account");

/** Long rather than odd: NIST SP 800-63B asks for length and forbids rules of composition. */
const passphrase = z.string().min(12).max(1_000);
const newAccount = z
  .strictObject({
    name: z.string().trim().min(1).max(200),
    role: staffRoleSchema.exclude(["operator", "epidemiologist"]),
    language: z.string().regex(/^[A-Za-z0-9-]{2,35}$/),
    passphrase,
    licenceUntil: z.iso.date().optional(),
  })
  .openapi("NewAccount");

const params = z.object({ id: z.string().regex(/^[A-Za-z0-9-]{1,64}$/) });
const manage = secured("account.manage");

const listRoute = createRoute({
  ...manage,
  method: "get",
  path: "/accounts",
  summary: "The station's staff",
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
  summary: "Say until when someone's licence holds",
  request: { params, body: jsonBody(z.strictObject({ until: z.iso.date() })) },
  responses: { 200: json(z.object({ account: accountSchema }), "The account"), ...problems(400, 401, 403, 404, 409) },
});
const disableRoute = createRoute({
  ...manage,
  method: "post",
  path: "/accounts/{id}/disable",
  summary: "Lock someone out; their sessions end at once",
  request: { params },
  responses: { 204: { description: "Locked out" }, ...problems(401, 403, 404) },
});

/** What administrators do with accounts. */
export function manageAccounts(store: Store) {
  return apiPart()
    .openapi(listRoute, async (context) => {
      const found = await store.direct().accounts.list();
      return context.json({ accounts: found.map(shown) }, 200);
    })
    .openapi(createAccountRoute, async (context) => {
      const { passphrase, licenceUntil, ...content } = context.req.valid("json");
      const passphraseHash = await hashPassphrase(passphrase);
      const account = await store.transaction(async (tx) => {
        const made = await tx.accounts.create({ ...content, passphraseHash, ...licence(licenceUntil) });
        await note(store, tx, { action: "account.create", actor: actorName(context.get("actor")), detail: made.id });
        return made;
      });
      return context.json({ account: shown(account) }, 201);
    })
    .openapi(licenceRoute, async (context) => {
      const account = await store.transaction(async (tx) => {
        const found = await tx.accounts.byId(context.req.valid("param").id);
        if (found === undefined) throw new Problem(404, "not-found");
        await note(store, tx, { action: "account.licence", actor: actorName(context.get("actor")), detail: found.id });
        return tx.accounts.update(found, licence(context.req.valid("json").until));
      });
      return context.json({ account: shown(account) }, 200);
    })
    .openapi(disableRoute, async (context) => {
      await store.transaction(async (tx) => {
        const found = await tx.accounts.byId(context.req.valid("param").id);
        if (found === undefined) throw new Problem(404, "not-found");
        await tx.accounts.disable(found.id);
        await note(store, tx, { action: "account.disable", actor: actorName(context.get("actor")), detail: found.id });
      });
      return context.body(null, 204);
    });
}

/** A licence holds to the end of its day, UTC. */
function licence(until: string | undefined) {
  return until === undefined ? {} : { credentials: { expiresAt: Date.parse(`${until}T00:00:00Z`) + 86_400_000 } };
}

function shown(account: Account) {
  const { disabledAt, credentials, createdAt } = account;
  return {
    ...userOf(account),
    createdAt: createdAt.toISOString(),
    secondFactor: account.totpSecret !== undefined,
    ...(disabledAt === undefined ? {} : { disabledAt: disabledAt.toISOString() }),
    ...(credentials?.expiresAt === undefined ? {} : { licenceUntil: new Date(credentials.expiresAt).toISOString() }),
  };
}
