import { readFile } from "node:fs/promises";
import { type Expected, expectedShape } from "@yizhan/federation";

/** Whom the hub expects. The file is read each time: an operator adds a station without a restart. */
export async function readInvitations(path: string | undefined): Promise<readonly Expected[]> {
  if (path === undefined) return [];
  try {
    return expectedShape.parse(JSON.parse(await readFile(path, "utf8")));
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return [];
    throw error;
  }
}
