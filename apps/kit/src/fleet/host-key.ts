import { createHash } from "node:crypto";
import { execa } from "execa";
import { sshEnvironment } from "../environment.ts";
import { KitError } from "../errors.ts";

/** Asks a host for its key, as anybody on the way could answer: the fingerprint has to be compared on the host's own screen. */
export async function scanHostKey(host: string, port: number): Promise<string> {
  const { stdout, stderr } = await execa("ssh-keyscan", ["-T", "10", "-p", String(port), "-t", "ed25519,ecdsa,rsa", "--", host], {
    env: sshEnvironment(),
    extendEnv: false,
    reject: false,
    stdin: "ignore",
  });
  const keys = stdout
    .split("\n")
    .flatMap((line) => /^\S+ ((?:ssh-ed25519|ecdsa-sha2-\S+|ssh-rsa) [A-Za-z0-9+/]+=*)$/.exec(line)?.[1] ?? []);
  const key = keys.toSorted((a, b) => rank(a) - rank(b))[0];
  if (key === undefined) {
    const reason = stderr.split("\n").findLast((line) => line !== "" && !line.startsWith("#")) ?? "no answer";
    throw new KitError("host-unreachable", { host, port, user: "", reason });
  }
  return key;
}

const rank = (key: string) => ["ssh-ed25519", "ecdsa", "ssh-rsa"].findIndex((type) => key.startsWith(type));

/** `SHA256:…` as `ssh-keygen -lf` prints it on the host. Throws RangeError for what is no key. */
export function hostKeyFingerprint(hostKey: string): string {
  const blob = hostKey.split(" ")[1];
  if (blob === undefined || blob === "") throw new RangeError("a host key is its type and its Base64");
  return `SHA256:${createHash("sha256").update(Buffer.from(blob, "base64")).digest("base64").replace(/=+$/, "")}`;
}
