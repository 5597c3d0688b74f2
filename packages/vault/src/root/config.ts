import { readFile } from "node:fs/promises";
import { VaultError } from "../errors.ts";
import type { KeyBytes } from "../types.ts";
import { awsCredentials } from "./aws-credentials.ts";
import { awsKms } from "./aws-kms.ts";
import { fileRoot, readSecretFile } from "./file.ts";
import { type KeyService, kmsRoot } from "./kms.ts";
import { passphraseRoot } from "./passphrase.ts";
import { shamirRoot } from "./shamir.ts";

/** How a station's configuration says where its root comes from. Every path is absolute; secrets are 0600. */
export type RootConfig =
  | { readonly kind: "file"; readonly path: string }
  /** `path` holds the passphrase, `parametersPath` what `sealRootWithPassphrase` gave, as JSON. */
  | { readonly kind: "passphrase"; readonly path: string; readonly parametersPath: string }
  /** `paths` hold one share each, `setPath` the open part that `splitRoot` gave, as JSON. */
  | { readonly kind: "shares"; readonly paths: readonly string[]; readonly setPath: string }
  /** `path` holds what `sealRootWithKms` gave, as JSON; the rest says which key of which service opens it. */
  | ({ readonly kind: "kms"; readonly path: string } & KmsPlace);

export interface KmsPlace {
  /** An AWS region. */
  readonly region: string;
  /** The key's ARN or id. */
  readonly keyId: string;
  /** A private endpoint: HTTPS, or on this machine itself. */
  readonly endpoint?: string | undefined;
  /** A file of AWS credentials; absent: the machine's own role. */
  readonly credentials?: string | undefined;
}

/** The service that a configuration names. Throws `kms-endpoint-open`. */
export function keyServiceAt({ region, keyId, endpoint, credentials }: KmsPlace): KeyService {
  const source = credentials === undefined ? ({ kind: "instance" } as const) : ({ kind: "file", path: credentials } as const);
  return awsKms({ region, keyId, endpoint, credentials: awsCredentials(source) });
}

export interface RootSurroundings {
  readonly country: string;
  /** Another service than the one that a `kms` configuration names. */
  readonly keyService?: KeyService;
}

/** Unseals the country root as the configuration says. Throws `root-file-…` and what the kind's own function throws. */
export async function readRootKey(config: RootConfig, surroundings: RootSurroundings): Promise<KeyBytes> {
  switch (config.kind) {
    case "file":
      return fileRoot(config.path);
    case "passphrase": {
      const parameters = await readJson(config.parametersPath);
      return passphraseRoot(parameters, surroundings.country, await readSecretFile(config.path));
    }
    case "shares":
      return shamirRoot(await readJson(config.setPath), await Promise.all(config.paths.map(readSecretFile)));
    case "kms": {
      const sealed = await readJson(config.path);
      const country: unknown = Reflect.get(Object(sealed), "country");
      // Another country's root is not even asked for.
      if (typeof country === "string" && country !== surroundings.country) throw new VaultError("wrong-root");
      return kmsRoot(sealed, surroundings.keyService ?? keyServiceAt(config));
    }
  }
}

async function readJson(path: string): Promise<unknown> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch {
    throw new VaultError("root-file-missing");
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new VaultError("root-file-invalid");
  }
}
