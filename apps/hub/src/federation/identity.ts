import { rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { identityToJson } from "@yizhan/federation";
import type { Store } from "@yizhan/store";
import { fingerprint, type Identity, identityFromSecret, identityToSecret, makeIdentity } from "@yizhan/vault";

const setting = "identity";

/** The hub's own keys: made at the first start, kept sealed in the store, the public half in `<data>/identity.json`. */
export async function hubIdentity(store: Store, country: string, data: string): Promise<Identity> {
  const identity = await store.transaction(async (tx) => {
    const known = await tx.settings.get<string>(setting);
    if (known !== undefined) return identityFromSecret(new Uint8Array(Buffer.from(known.value, "base64")));
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
