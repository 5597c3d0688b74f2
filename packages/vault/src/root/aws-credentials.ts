import { statSync } from "node:fs";
import { VaultError } from "../errors.ts";
import type { AwsCredentials } from "./aws-signature.ts";

/** Where a process finds out who it is to AWS. Never its environment: children and crash reports would carry it. */
export type AwsCredentialSource =
  /** The machine's own role, by IMDSv2; IMDSv1 is not asked. */
  | { readonly kind: "instance" }
  /** A file in the form of `~/.aws/credentials`, absolute, 0600. */
  | { readonly kind: "file"; readonly path: string; readonly profile?: string | undefined };

export interface ExpiringCredentials extends AwsCredentials {
  /** Absent: until somebody changes them. */
  readonly expiration?: Date;
}

/** Asked before each use: a role's credentials change every few hours. Throws `aws-credentials-missing`, `root-file-open-to-others`. */
export function awsCredentials(source: AwsCredentialSource): () => Promise<ExpiringCredentials> {
  return source.kind === "file" ? fromFile(source) : fromRole();
}

function fromFile({ path, profile = "default" }: AwsCredentialSource & { kind: "file" }): () => Promise<ExpiringCredentials> {
  return async () => {
    // Loaded here, as only few stations need it.
    const { loadSharedConfigFiles } = await import("@smithy/shared-ini-file-loader");
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined) throw new VaultError("aws-credentials-missing");
    if ((found.mode & 0o077) !== 0) throw new VaultError("root-file-open-to-others");
    const files = await loadSharedConfigFiles({ filepath: path, configFilepath: "/dev/null", ignoreCache: true });
    const section = files.credentialsFile[profile];
    const { aws_access_key_id: id, aws_secret_access_key: secret, aws_session_token: token } = section ?? {};
    if (id === undefined || secret === undefined) throw new VaultError("aws-credentials-missing");
    return { accessKeyId: id, secretAccessKey: secret, ...(token === undefined ? {} : { sessionToken: token }) };
  };
}

function fromRole(): () => Promise<ExpiringCredentials> {
  let held: ExpiringCredentials | undefined;
  return async () => {
    const fiveMinutes = 300_000;
    if (held?.expiration !== undefined && held.expiration.getTime() - Date.now() > fiveMinutes) return held;
    const { fromInstanceMetadata } = await import("@smithy/credential-provider-imds");
    try {
      held = await fromInstanceMetadata({ timeout: 2_000, maxRetries: 3, ec2MetadataV1Disabled: true })();
      return held;
    } catch {
      throw new VaultError("aws-credentials-missing");
    }
  };
}

/** HTTPS, except on this machine itself: whatever answers there sees what is asked, and who asks. */
export function isPrivateEndpoint(address: string): boolean {
  const url = URL.parse(address);
  if (url === null || url.username !== "" || url.password !== "") return false;
  return url.protocol === "https:" || (url.protocol === "http:" && ["127.0.0.1", "[::1]", "localhost"].includes(url.hostname));
}
