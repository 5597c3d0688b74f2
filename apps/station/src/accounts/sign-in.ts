import { hashPassphrase, type GuessLimiter, makeSessionToken, verifyPassphrase, verifyTotp } from "@yizhan/access";
import type { Account, Store } from "@yizhan/store";
import { note } from "../audit/note.ts";
import { type User, userOf } from "./user.ts";

/** How long a session lasts: a working day. */
export const sessionMs = 12 * 3_600_000;

export interface SignInRequest {
  readonly name: string;
  readonly passphrase: string;
  /** Six digits of the authenticator app, where the account has one. */
  readonly code?: string | undefined;
  /** Network address of the caller, where known. */
  readonly address?: string | undefined;
}

export type SignedIn =
  | { readonly kind: "in"; readonly user: User; readonly secret: string; readonly expiresAt: Date }
  | { readonly kind: "wrong" }
  /** The passphrase was right and the account wants a code too. */
  | { readonly kind: "code-needed" }
  | { readonly kind: "too-many"; readonly waitMs: number };

/**
 * Signs staff in. An unknown name, a wrong passphrase and a disabled account look the same and take
 * the same time. Guesses are counted before they are judged.
 */
export async function signIn(store: Store, guesses: Guesses, request: SignInRequest): Promise<SignedIn> {
  const name = request.name.normalize("NFKC").toLowerCase();
  const spent: readonly [GuessLimiter, string][] = [
    [guesses.pairs, `${name}\n${request.address}`],
    [guesses.names, name],
    [guesses.addresses, `${request.address}`],
  ];
  const waitMs = Math.max(...spent.map(([limiter, key]) => limiter.spend(key)));
  if (waitMs > 0) return { kind: "too-many", waitMs };

  const account = await store.direct().accounts.byName(request.name);
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
  for (const [limiter, key] of spent) limiter.forgive(key);
  const renewed = verified.outdated ? await hashPassphrase(request.passphrase) : undefined;
  const token = makeSessionToken();
  const expiresAt = new Date(Date.now() + sessionMs);
  await store.transaction(async (tx) => {
    if (renewed !== undefined || totpStep !== undefined) {
      // Compare-and-swap on the account's version: of two sign-ins with one code, one fails.
      await tx.accounts.update(account, {
        ...(renewed === undefined ? {} : { passphraseHash: renewed }),
        ...(totpStep === undefined ? {} : { totpStep }),
      });
    }
    await tx.sessions.create(token.hash, account.id, expiresAt);
    await note(store, tx, { action: "sign-in", actor: account.id });
  });
  return { kind: "in", user: userOf(account), secret: token.secret, expiresAt };
}

/**
 * Counted apart: one name from one address closes soon, a name from everywhere late, so that a stranger
 * cannot easily lock someone out.
 */
export interface Guesses {
  readonly pairs: GuessLimiter;
  readonly names: GuessLimiter;
  readonly addresses: GuessLimiter;
}

async function noteFailure(store: Store, account: Account | undefined): Promise<void> {
  await store.transaction((tx) => note(store, tx, { action: "sign-in", actor: account?.id ?? "unknown", outcome: "refused" }));
}
