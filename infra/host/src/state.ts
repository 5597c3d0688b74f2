import { z } from "zod";
import { HostError } from "./errors.ts";
import { readOrNone, writeWhole } from "./files.ts";
import { paths } from "./paths.ts";
import { roleSchema } from "./role.ts";

/** What the installer remembers of a host between its runs. */
const stateSchema = z.object({
  format: z.literal(1),
  country: z.string(),
  role: roleSchema,
  /** Whose archives this host installs. */
  fingerprint: z.string(),
  sequence: z.number(),
  /** Id of the archive that was installed last, whole. */
  archive: z.string(),
  version: z.string(),
  digest: z.string(),
  appliedAt: z.string(),
  /** Set while an archive is being installed: what a power cut left half-done. */
  applying: z
    .object({ archive: z.string(), sequence: z.number(), version: z.string(), snapshot: z.string().optional() })
    .optional(),
  /** Debian packages of ours and their versions, as installed. */
  packages: z.record(z.string(), z.string()),
  /** Debian packages that were not there before us: those go when the station goes. */
  added: z.array(z.string()).default([]),
});
export type HostState = z.infer<typeof stateSchema>;

/** Undefined on an empty host. Throws `step-failed` where the file cannot be understood: nothing is guessed. */
export async function readState(): Promise<HostState | undefined> {
  const text = await readOrNone(paths.state);
  if (text === undefined) return undefined;
  return parse(paths.state, text, stateSchema);
}

export async function writeState(state: HostState): Promise<void> {
  await writeWhole(paths.state, `${JSON.stringify(stateSchema.parse(state), null, 2)}\n`);
}

/** Sums of files as they were written, by path. */
const writtenSchema = z.record(z.string(), z.string());

export async function readWritten(): Promise<Record<string, string>> {
  const text = await readOrNone(paths.written);
  return text === undefined ? {} : parse(paths.written, text, writtenSchema);
}

export async function writeWritten(written: Readonly<Record<string, string>>): Promise<void> {
  await writeWhole(paths.written, `${JSON.stringify(written, null, 1)}\n`);
}

function parse<T>(path: string, text: Buffer, schema: z.ZodType<T>): T {
  try {
    return schema.parse(JSON.parse(text.toString("utf8")));
  } catch (error) {
    throw new HostError("step-failed", `${path} cannot be understood; it was left as it is.`, error);
  }
}
