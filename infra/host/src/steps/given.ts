import { basename, join } from "node:path";
import { type Context, noteChange } from "../context.ts";
import { HostError } from "../errors.ts";
import { readOrNone, writeWhole } from "../files.ts";

/**
 * Puts in place what is neither rendered nor made here: an invitation with its one-time token, a certificate. It travels beside
 * the archive, never in it, as `<folder>/<file name>`. What was given before stays. Throws `given-missing`.
 */
export async function takeGiven(context: Context, folder: string): Promise<void> {
  for (const { path, mode } of context.bundle.supplied) {
    const given = await readOrNone(join(folder, basename(path)));
    const present = await readOrNone(path);
    if (given === undefined && present === undefined) throw new HostError("given-missing", `${basename(path)} was not given.`);
    if (given === undefined || present?.equals(given) === true) continue;
    await writeWhole(path, given, mode);
    noteChange(context, path);
  }
}
