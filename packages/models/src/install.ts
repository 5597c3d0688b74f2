import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { modelById } from "./catalogue.ts";
import { type Installed, installedSchema } from "./schema.ts";
import type { Model } from "./types.ts";

/** Where a model lies: `<models>/<id>/`, whole, or not at all. */
export function modelFolder(models: string, id: string): string {
  return join(models, id);
}

/** Where what is being fetched waits, so that the next try goes on with it. */
export function partialFolder(models: string, id: string): string {
  return join(models, ".partial", id);
}

/** What `model.json` says is there, or undefined. A folder without it is not a model. */
export async function installed(models: string, id: string): Promise<Installed | undefined> {
  let text: string;
  try {
    text = await readFile(join(modelFolder(models, id), "model.json"), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined;
    throw error;
  }
  const result = installedSchema.safeParse(parseJson(text));
  return result.success ? result.data : undefined;
}

export type ModelCheck = "whole" | "damaged" | "absent";

/** Compares every byte of an installed model with its checksums. */
export async function verifyModel(models: string, id: string): Promise<ModelCheck> {
  modelById(id);
  const record = await installed(models, id);
  if (record === undefined) return "absent";
  for (const file of record.files) {
    const path = join(modelFolder(models, id), file.path);
    const sum = await sha256Of(path).catch((error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT") return "";
      throw error;
    });
    if (sum !== file.sha256) return "damaged";
  }
  return "whole";
}

/** Puts the files that lie ready in `from` into place, in one step that a kill cannot halve. */
export async function putInPlace(models: string, model: Model, from: string, origins: readonly string[]): Promise<void> {
  const paths = model.pieces.flatMap((piece) => piece.files.map((file) => file.path));
  const files = await Promise.all(
    paths.map(async (path) => ({ path, size: (await stat(join(from, path))).size, sha256: await sha256Of(join(from, path)) })),
  );
  const record: Installed = { id: model.id, from: [...origins], files };
  await writeFile(join(from, "model.json"), `${JSON.stringify(record, null, 2)}\n`);
  const target = modelFolder(models, model.id);
  await mkdir(models, { recursive: true });
  await rm(target, { recursive: true, force: true });
  await rename(from, target);
}

/** SHA-256 of a file, hex. */
export async function sha256Of(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
