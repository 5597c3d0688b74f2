import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { join } from "node:path";
import { readOrNone, writeWhole } from "../files.ts";
import { paths } from "../paths.ts";

const file = join(paths.host, "host-key.pem");

/** This host's own Ed25519 key: it signs what the host says of itself. Made once; `status` tells its public half, to be kept. */
export async function hostKey(): Promise<{ key: KeyObject; publicKey: string }> {
  const present = await readOrNone(file);
  const key = present === undefined ? generateKeyPairSync("ed25519").privateKey : createPrivateKey(present);
  if (present === undefined) await writeWhole(file, key.export({ format: "pem", type: "pkcs8" }));
  const x = createPublicKey(key).export({ format: "jwk" }).x ?? "";
  return { key, publicKey: Buffer.from(x, "base64url").toString("base64") };
}
