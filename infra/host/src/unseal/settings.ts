import { join } from "node:path";
import { z } from "zod";
import { HostError } from "../errors.ts";
import { lstatOrNone, readOrNone } from "../files.ts";
import { paths } from "../paths.ts";

const common = {
  country: z.string().regex(/^[A-Z]{2}$/),
  /** Where the root is while the station is open: in memory. */
  root: z.string().startsWith("/"),
  /** What gives the root together with what people type; useless without. */
  kept: z.string().startsWith("/"),
};

/** `/etc/yizhan/unseal.json`: there only where people unseal the root. */
const settingsSchema = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("passphrase"), ...common }),
  z.strictObject({ kind: z.literal("shares"), people: z.number().int(), needed: z.number().int(), ...common }),
]);
export type UnsealSettings = z.infer<typeof settingsSchema>;

/** Undefined where the host unseals by itself. */
export async function unsealSettings(): Promise<UnsealSettings | undefined> {
  const text = await readOrNone(join(paths.etc, "unseal.json"));
  return text === undefined ? undefined : settingsSchema.parse(JSON.parse(text.toString("utf8")));
}

/** Whether the station waits for people. */
export async function isSealed(): Promise<boolean> {
  const settings = await unsealSettings();
  return settings !== undefined && (await lstatOrNone(settings.root)) === undefined;
}

/** Throws `sealed`. */
export async function assertUnsealed(): Promise<void> {
  if (await isSealed()) throw new HostError("sealed", "This station is sealed since it was started.");
}
