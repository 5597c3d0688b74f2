import { makeSessionToken } from "@yizhan/access";
import type { Account, Store, Transaction } from "@yizhan/store";
import type { Context } from "hono";
import { setCookie } from "hono/cookie";
import { note } from "../audit/note.ts";

/** How long a session of staff lasts: a working day. */
const sessionMs = 12 * 3_600_000;

export interface NewSession {
  /** For the cookie. */
  readonly secret: string;
  readonly expiresAt: Date;
}

/** Begins a session of an account that has proved who it is, with its entry in the audit log. */
export async function beginSession(
  store: Store,
  tx: Transaction,
  account: Account,
  how: "passphrase" | "passkey",
): Promise<NewSession> {
  const token = makeSessionToken();
  const expiresAt = new Date(Date.now() + sessionMs);
  await tx.sessions.create(token.hash, account.id, expiresAt);
  await note(store, tx, { action: "sign-in", actor: account.id, detail: how });
  return { secret: token.secret, expiresAt };
}

/** Hands a session to the browser, out of reach of scripts and other sites. `secure`: over HTTPS only. */
export function giveCookie(context: Context, name: string, { secret, expiresAt }: NewSession, secure: boolean, path = "/"): void {
  setCookie(context, name, secret, { httpOnly: true, sameSite: "Strict", secure, path, expires: expiresAt });
}
