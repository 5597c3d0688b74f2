import { fileRoot, keyServiceAt, kmsRoot, makeRoot, sealRootWithKms, VaultError } from "@yizhan/vault";
import { KitError } from "../errors.ts";
import type { Station } from "./stations.ts";

export interface RootRequest {
  /** A file of AWS credentials that may encrypt and decrypt with the key. */
  readonly credentials: string;
  /** A file with the root that is there already; absent: a new one is made. */
  readonly root?: string | undefined;
  /** The key service as seen from here, where the site file's address holds for the host alone. */
  readonly endpoint?: string | undefined;
}

export interface SealedRoot {
  /** For the file that the site file names as `unseal.sealed`. */
  readonly text: string;
  readonly keyId: string;
  /** On the host. */
  readonly path: string;
}

/**
 * Seals a root under the KMS key that the site file names, and opens it again from what was sealed. The root itself is kept
 * nowhere. Throws `root-not-kms`, `root-refused`.
 */
export async function sealedRootFor(
  { country, site }: Pick<Station, "country" | "site">,
  request: RootRequest,
): Promise<SealedRoot> {
  const { unseal, target } = site;
  if (unseal.kind !== "kms") throw new KitError("root-not-kms", { country });
  const region = unseal.region ?? (target.kind === "aws" ? target.region : undefined);
  if (region === undefined) throw new KitError("root-not-kms", { country });
  const { keyId, sealed: path, endpoint } = unseal;
  try {
    const { credentials } = request;
    const service = keyServiceAt({ region, keyId, credentials, endpoint: request.endpoint ?? endpoint });
    const root = request.root === undefined ? makeRoot() : await fileRoot(request.root);
    const sealed = await sealRootWithKms(root, country, service);
    // Throws `wrong-root` where what comes back is another one.
    await kmsRoot(sealed, service);
    return { text: JSON.stringify(sealed, null, 2), keyId, path };
  } catch (error) {
    if (!(error instanceof VaultError)) throw error;
    throw new KitError("root-refused", { country, key: keyId, reason: error.message }, error);
  }
}
