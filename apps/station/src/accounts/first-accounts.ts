import { hashPassphrase, hashToken, staffRoleSchema } from "@yizhan/access";
import { restoredToken, type Store } from "@yizhan/store";
import { z } from "zod";
import { note } from "../audit/note.ts";
import { homeTenant } from "../storage.ts";

const staffFile = z.array(
  z.strictObject({
    name: z.string().min(1).max(200),
    role: staffRoleSchema,
    passphrase: z.string().min(8).max(1_000),
    language: z.string(),
    /** Another organisation than the station's own; its people sign in as `name@organisation`. */
    organisation: z
      .string()
      .regex(/^[a-z0-9][a-z0-9-]{0,39}$/)
      .default(homeTenant),
  }),
);

/** Creates the accounts of the staff file that do not exist yet; those that do keep what people changed. */
export async function createFirstAccounts(store: Store, staffJson: string): Promise<void> {
  for (const { name, role, passphrase, language, organisation: tenant } of staffFile.parse(JSON.parse(staffJson))) {
    if ((await store.direct(tenant).accounts.byName(name)) !== undefined) continue;
    const passphraseHash = await hashPassphrase(passphrase);
    await store.transaction(
      async (tx) => {
        const account = await tx.accounts.create({ name, role, language, passphraseHash });
        await note(store, tx, { action: "account.create", actor: "staff-file", detail: account.id });
      },
      { tenant },
    );
  }
}

/** Lets the local demonstration's token in, with full scopes. That the configuration names it confirms it after a restore. */
export async function admitLocalToken(store: Store, secret: string): Promise<void> {
  const tokenHash = hashToken(secret);
  if (tokenHash === undefined) throw new TypeError("the file of the local token does not hold one");
  const known = await store.direct().applicationTokens.byToken(tokenHash);
  if (known?.blockedReason === restoredToken) await store.direct(known.tenant).applicationTokens.unblock(known.id);
  if (known !== undefined) return;
  await store.transaction(async (tx) => {
    const token = await tx.applicationTokens.create({ tokenHash, name: "local demonstration", scopes: ["system/*.*"] });
    await note(store, tx, { action: "token.create", actor: "token-file", detail: token.id });
  });
}
