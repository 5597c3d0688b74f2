import {
  checkShare,
  type KeyBytes,
  passphraseRoot,
  type PassphraseParameters,
  sealRootWithPassphrase,
  shamirRoot,
  type ShareSet,
  splitRoot,
  VaultError,
} from "@yizhan/vault";
import { z } from "zod";
import { HostError } from "../errors.ts";
import type { UnsealSettings } from "./settings.ts";

/** What people typed. `make`: there is no root yet, or (`anew`) another passphrase or other shares for the one there is. */
export const typedSchema = z.strictObject({
  passphrase: z.string().min(1).max(1_000).optional(),
  shares: z.array(z.string().min(1).max(200)).max(16).optional(),
  make: z.enum(["first", "anew"]).optional(),
});
export type Typed = z.infer<typeof typedSchema>;

type Opening = Pick<UnsealSettings, "country"> &
  ({ readonly kind: "passphrase" } | { readonly kind: "shares"; readonly people: number; readonly needed: number });

/** The root, from what is kept and what was typed. Throws `unseal-refused` in a sentence that says which it was. */
export async function openRoot(settings: Opening, kept: string, typed: Typed): Promise<KeyBytes> {
  const parameters: unknown = JSON.parse(kept);
  try {
    if (settings.kind === "passphrase") return await passphraseRoot(parameters, settings.country, typed.passphrase ?? "");
    return await shamirRoot(parameters, typed.shares ?? []);
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    const strange = error.code === "share-invalid" ? (typed.shares ?? []).findIndex((one) => !isOf(parameters, one)) + 1 : 0;
    const which = strange > 0 ? `Share ${strange} as typed: ` : "";
    throw new HostError("unseal-refused", which + (refusals[error.code] ?? error.message), error);
  }
}

/** `set` was found to be one before. */
function isOf(set: unknown, share: string): boolean {
  try {
    return checkShare(share, set as ShareSet) > 0;
  } catch (error) {
    if (error instanceof VaultError) return false;
    throw error;
  }
}

const refusals: Readonly<Partial<Record<VaultError["code"], string>>> = {
  "passphrase-wrong": "This is not the passphrase.",
  "share-invalid": "mistyped, or of another station or an older set.",
  "shares-too-few": "These are too few shares; the same one twice counts once.",
};

export interface Kept {
  /** For the host's disk. */
  readonly kept: PassphraseParameters | ShareSet;
  /** For people, each their own; none where a passphrase opens the root. */
  readonly shares: readonly string[];
}

/** What is kept of a root, made anew. A passphrase has twelve characters at least: it is tried where nobody counts the tries. */
export async function keepRoot(settings: Opening, root: KeyBytes, typed: Typed): Promise<Kept> {
  if (settings.kind === "shares") {
    const { set, shares } = await splitRoot(root, settings.country, { shares: settings.people, threshold: settings.needed });
    return { kept: set, shares };
  }
  const { passphrase = "" } = typed;
  if (Array.from(passphrase).length < 12) throw new HostError("unseal-refused", "A passphrase has twelve characters at least.");
  return { kept: await sealRootWithPassphrase(root, settings.country, passphrase), shares: [] };
}
