import { readdir, readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import { KitError } from "../errors.ts";

/** The operator's folder: `<country>.yaml` for each site, `state/`, `keys/`, and `fleet.yaml` where the state is elsewhere. */
export interface FleetFolder {
  readonly path: string;
  readonly state: string;
  readonly keys: string;
  readonly settings: FleetSettings;
  /** Codes of the countries that have a site file, in order. */
  readonly countries: readonly string[];
  sitePath(country: string): string;
}

const settingsSchema = z.strictObject({
  /** Where Pulumi keeps what it knows: `s3://bucket/folder?region=…`; absent: `state/` of this folder. */
  state: z
    .string()
    .regex(/^(?:s3|file):\/\//, "s3://… or file:///…")
    .optional(),
  /** What seals its secrets: `awskms://alias/yizhan?region=…`; absent: a passphrase. */
  secrets: z
    .string()
    .regex(/^awskms:\/\//, "awskms://…")
    .optional(),
});
export type FleetSettings = z.infer<typeof settingsSchema>;

/** A folder that is not there yet is an empty fleet. Throws `fleet-invalid`. */
export async function openFleet(given: string): Promise<FleetFolder> {
  const path = resolve(given);
  const names = await namesIn(path);
  return {
    path,
    state: join(path, "state"),
    keys: join(path, "keys"),
    settings: names.includes("fleet.yaml") ? await readSettings(join(path, "fleet.yaml")) : {},
    countries: names.filter((name) => /^[A-Z]{2}\.yaml$/.test(name)).map((name) => name.slice(0, 2)),
    sitePath: (country) => join(path, `${country}.yaml`),
  };
}

async function namesIn(path: string): Promise<string[]> {
  try {
    return (await readdir(path)).toSorted();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return [];
    throw new KitError("fleet-invalid", { path, reason: (error as Error).message }, error);
  }
}

async function readSettings(path: string): Promise<FleetSettings> {
  const document = parseDocument(await readFile(path, "utf8"));
  const parsed = settingsSchema.safeParse(document.errors.length > 0 ? undefined : (document.toJS() ?? {}));
  if (parsed.success) return parsed.data;
  throw new KitError("fleet-invalid", { path, reason: document.errors[0]?.message ?? z.prettifyError(parsed.error) });
}
