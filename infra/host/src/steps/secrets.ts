import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { type Context, noteChange } from "../context.ts";
import type { Bundle } from "../bundle.ts";
import { HostError } from "../errors.ts";
import { ensureFolder, ownerOf, readOrNone, writeWhole } from "../files.ts";
import { paths } from "../paths.ts";

export const secretPath = (name: string): string => join(paths.secrets, name);

/** Secrets are made here, once, and never leave. One that is there is never replaced. */
export async function makeSecrets(context: Context): Promise<void> {
  await ensureFolder(paths.etc, 0o755, { uid: 0, gid: 0 });
  await ensureFolder(paths.secrets, 0o711, { uid: 0, gid: 0 });
  for (const secret of context.bundle.secrets) {
    const path = secretPath(secret.name);
    if ((await readOrNone(path)) !== undefined) continue;
    await writeWhole(
      path,
      `${randomBytes(secret.bytes).toString(secret.encoding)}\n`,
      0o400,
      await ownerOf(secret.owner, secret.group),
    );
    noteChange(context, path, `secret ${secret.name}`);
  }
}

const reference = /@@secret:([a-z0-9][a-z0-9._-]*)@@/g;

/** A file's content as it lies on the host: references to secrets are filled in. */
export async function filledIn(file: Bundle["files"][number]): Promise<string> {
  const names = new Set([...file.content.matchAll(reference)].map(([, name = ""]) => name));
  const values = new Map<string, string>();
  for (const name of names) {
    const value = await readOrNone(secretPath(name));
    if (value === undefined) throw new HostError("step-failed", `${file.path} needs the secret ${name}, which is not there.`);
    values.set(name, value.toString("utf8").trim());
  }
  return file.content.replaceAll(reference, (_, name: string) => values.get(name) ?? "");
}
