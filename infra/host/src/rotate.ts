import { randomBytes } from "node:crypto";
import type { Context } from "./context.ts";
import { noteChange } from "./context.ts";
import { ownerOf, writeWhole } from "./files.ts";
import { installedHere } from "./handover/destroy.ts";
import type { Report } from "./progress.ts";
import { writeFiles } from "./steps/files.ts";
import { waitForHealth } from "./steps/health.ts";
import { secretPath } from "./steps/secrets.ts";
import { bringUnits } from "./steps/units.ts";

/**
 * Makes the secrets between this host's own services anew and restarts whom that concerns. The root key is not among them (its
 * change seals every record again, which the station does), nor are first passphrases, which count once.
 */
export async function rotate(report: Report): Promise<{ rotated: string[] }> {
  const { bundle } = await installedHere();
  const context = { report, bundle, changed: new Set<string>() } as unknown as Context;
  const rotated: string[] = [];
  for (const secret of bundle.secrets) {
    if (secret.name === "root" || secret.name.startsWith("staff-")) continue;
    const path = secretPath(secret.name);
    const value = `${randomBytes(secret.bytes).toString(secret.encoding)}\n`;
    await writeWhole(path, value, 0o400, await ownerOf(secret.owner, secret.group));
    noteChange(context, path, `secret ${secret.name}`);
    rotated.push(secret.name);
  }
  await writeFiles(context);
  await bringUnits(context);
  await waitForHealth(bundle, 120_000);
  return { rotated };
}
