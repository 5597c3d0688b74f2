import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { identityToJson } from "@yizhan/federation";
import { fingerprint, type Identity, identityFromSecret, identityToSecret, makeIdentity } from "@yizhan/vault";
import type { Store } from "../store.ts";

const setting = "identity";

/** The own keys of a station or the hub: made at the first start, kept sealed in the store, the public half in `<data>/identity.json`. */
export async function ownIdentity(store: Store, country: string, data: string): Promise<Identity> {
  const identity = await store.transaction(async (tx) => {
    // Several processes of one may start for the first time together.
    await tx.lock(setting);
    const known = identityOf(await tx.settings.get<string>(setting));
    if (known !== undefined) return known;
    const made = makeIdentity(country);
    await tx.settings.put(setting, Buffer.from(identityToSecret(made)).toString("base64"), 0);
    return made;
  });
  const path = join(data, "identity.json");
  const partial = `${path}.partial`;
  await writeFile(partial, `${JSON.stringify({ ...identityToJson(identity), fingerprint: fingerprint(identity) }, null, 2)}\n`);
  await rename(partial, path);
  return identity;
}

/** The same without making one: undefined where it never started. */
export async function knownIdentity(store: Store): Promise<Identity | undefined> {
  return identityOf(await store.direct().settings.get<string>(setting));
}

function identityOf(kept: { readonly value: string } | undefined): Identity | undefined {
  return kept === undefined ? undefined : identityFromSecret(new Uint8Array(Buffer.from(kept.value, "base64")));
}
