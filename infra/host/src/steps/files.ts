import { rm } from "node:fs/promises";
import { type Context, noteChange } from "../context.ts";
import { lstatOrNone, ownerOf, readOrNone, sumOf, writeWhole } from "../files.ts";
import { readWritten, writeWritten } from "../state.ts";
import { filledIn } from "./secrets.ts";

/** Writes what differs, removes what an older bundle wrote and this one does not know. */
export async function writeFiles(context: Context): Promise<void> {
  const before = await readWritten();
  const written: Record<string, string> = {};
  for (const file of context.bundle.files) {
    const content = await filledIn(file);
    const owner = await ownerOf(file.owner, file.group);
    const sum = sumOf(content);
    const found = await lstatOrNone(file.path);
    const same =
      found?.isFile() === true &&
      (found.mode & 0o7777) === file.mode &&
      found.uid === owner.uid &&
      found.gid === owner.gid &&
      sumOf((await readOrNone(file.path)) ?? "") === sum;
    if (!same) {
      await writeWhole(file.path, content, file.mode, owner);
      noteChange(context, file.path);
    }
    written[file.path] = sum;
  }
  // Remembered together first: a power cut between the two leaves nothing unknown.
  await writeWritten({ ...before, ...written });
  for (const path of Object.keys(before)) {
    if (written[path] !== undefined) continue;
    await rm(path, { force: true });
    noteChange(context, path, `${path} removed`);
  }
  await writeWritten(written);
}
