import { hashPassphrase, verifyPassphrase, verifyTotp } from "@yizhan/access";
import type { Account, Store } from "@yizhan/store";
import { note } from "../audit/note.ts";
import { homeTenant } from "../storage.ts";
import { beginSession, type NewSession } from "./session.ts";
import { type Charge, charge, refund } from "./throttle.ts";
import { type User, userOf } from "./user.ts";

export interface SignInRequest {
  /** As the account has it; `name@organisation` for an organisation other than the station's own. */
  readonly name: string;
  readonly passphrase: string;
  /** Six digits of the authenticator app, where the account has one. */
  readonly code?: string | undefined;
  /** Network address of the caller, where known. */
  readonly address?: string | undefined;
}

export type SignedIn =
  | { readonly kind: "in"; readonly user: User; readonly session: NewSession }
  | { readonly kind: "wrong" }
  /** The passphrase was right and the account wants a code too. */
  | { readonly kind: "code-needed" }
  | { readonly kind: "too-many"; readonly waitMs: number };

/**
 * Signs staff in. An unknown name, a wrong passphrase and a disabled account look the same and take
 * the same time. Guesses are counted before they are judged.
 */
export async function signIn(store: Store, request: SignInRequest): Promise<SignedIn> {
  const charges = signInCharges(request.name, request.address);
  const waitMs = await charge(store, charges);
  if (waitMs > 0) return { kind: "too-many", waitMs };

  const account = await accountNamed(store, request.name);
  const verified = await verifyPassphrase(request.passphrase, account?.passphraseHash);
  if (account === undefined || !verified.matches || account.disabledAt !== undefined) {
    await noteFailure(store, account);
    return { kind: "wrong" };
  }
  let totpStep: number | undefined;
  if (account.totpSecret !== undefined) {
    if (request.code === undefined) return { kind: "code-needed" };
    totpStep = verifyTotp(account.totpSecret, request.code, Date.now(), account.totpStep);
    if (totpStep === undefined) {
      await noteFailure(store, account);
      return { kind: "wrong" };
    }
  }
  await refund(store, charges);
  const renewed = verified.outdated ? await hashPassphrase(request.passphrase) : undefined;
  const session = await store.transaction(
    async (tx) => {
      if (renewed !== undefined || totpStep !== undefined) {
        // Compare-and-swap on the account's version: of two sign-ins with one code, one fails.
        await tx.accounts.update(account, {
          ...(renewed === undefined ? {} : { passphraseHash: renewed }),
          ...(totpStep === undefined ? {} : { totpStep }),
        });
      }
      return beginSession(store, tx, account, "passphrase");
    },
    { tenant: account.tenant },
  );
  return { kind: "in", user: userOf(account), session };
}

/**
 * Counted apart: one name from one address closes soon, a name from everywhere late, so that a stranger cannot
 * easily lock someone out; and a clinic's staff share one address.
 */
function signInCharges(typed: string, address: string | undefined): readonly Charge[] {
  const name = typed.normalize("NFKC").toLowerCase();
  return [
    { key: `sign-in/pair/${name}\n${address}`, limit: 10 },
    { key: `sign-in/name/${name}`, limit: 100 },
    { key: `sign-in/address/${address}`, limit: 100 },
  ];
}

/** The account of this name in the station's own organisation, or of the name before the last `@` in the one after it. */
async function accountNamed(store: Store, typed: string): Promise<Account | undefined> {
  const [, name, organisation] = /^(.+)@([a-z0-9][a-z0-9-]{0,39})$/.exec(typed.trim()) ?? [];
  const home = await store.direct().accounts.byName(typed);
  // Asked whatever the first answer was: the time taken does not tell which names exist.
  const other = await store.direct(organisation ?? homeTenant).accounts.byName(name ?? typed);
  return home ?? (organisation === undefined ? undefined : other);
}

export async function noteFailure(store: Store, account: Account | undefined): Promise<void> {
  const tenant = account?.tenant ?? homeTenant;
  await store.transaction((tx) => note(store, tx, { action: "sign-in", actor: account?.id ?? "unknown", outcome: "refused" }), {
    tenant,
  });
}
