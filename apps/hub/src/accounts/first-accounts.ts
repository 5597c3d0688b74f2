import { hashPassphrase, staffRoleSchema } from "@yizhan/access";
import type { Store } from "@yizhan/store";
import { z } from "zod";

const staffFile = z.array(
  z.strictObject({
    name: z.string().min(1).max(200),
    role: staffRoleSchema,
    passphrase: z.string().min(8).max(1_000),
    language: z.string(),
  }),
);

/** Creates the accounts of the staff file that do not exist yet; those that do keep what people changed. */
export async function createFirstAccounts(store: Store, staffJson: string): Promise<void> {
  for (const { name, role, passphrase, language } of staffFile.parse(JSON.parse(staffJson))) {
    if ((await store.direct().accounts.byName(name)) !== undefined) continue;
    await store.direct().accounts.create({ name, role, language, passphraseHash: await hashPassphrase(passphrase) });
  }
}
