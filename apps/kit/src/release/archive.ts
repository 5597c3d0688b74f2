import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { Readable, Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
  bootstrap,
  fileEntry,
  HostError,
  type Manifest,
  manifestBytes,
  openArchive,
  openManifest,
  type Part,
  signManifest,
  type TarEntry,
  writeTar,
} from "@yizhan/host";
import type { Role } from "@yizhan/bundle";
import { KitError } from "../errors.ts";
import type { DebianPackages } from "./debian-packages.ts";
import type { PartStore } from "./part-store.ts";
import type { Release } from "./release.ts";
import type { SigningKey } from "./signing.ts";

export interface ArchiveContent {
  readonly country: string;
  readonly role: Role;
  /** `renderBundle(…)`, as JSON. */
  readonly bundle: string;
  readonly release: Release;
  readonly debian: DebianPackages;
  readonly suite: string;
  readonly memoryMiB: number;
  /** Folders of models, by id. */
  readonly models: ReadonlyMap<string, string>;
  /** When it is made, milliseconds: its number too, so that a later archive is never taken for an older one. */
  readonly madeAt: number;
}

export interface Archive {
  readonly path: string;
  readonly size: number;
  /** Of the whole file, hex: what `sha256sum` prints. */
  readonly sha256: string;
  readonly manifest: Manifest;
  readonly fingerprint: string;
}

/** Puts everything a host needs into one signed file. The same content at the same moment gives the same bytes. */
export async function makeArchive(store: PartStore, content: ArchiveContent, key: SigningKey, output: string): Promise<Archive> {
  const parts: Part[] = [...content.release.parts];
  parts.push(await store.make("bundle", "bundle", () => [Buffer.from(content.bundle)]));
  parts.push(await store.make("index", "Packages", () => [Buffer.from(content.debian.index)]));
  for (const file of content.debian.files) {
    const { size, mtimeMs } = await stat(file.path);
    parts.push(await store.make("package", file.name, () => createReadStream(file.path), `${file.path} ${size} ${mtimeMs}`));
  }
  for (const [id, folder] of content.models) {
    const record = await readFile(join(folder, "model.json"), "utf8");
    parts.push(await store.make("model", id, () => writeTar(modelTree(folder)), `model 1 ${record}`));
  }
  const fresh: Manifest = {
    format: 1,
    country: content.country,
    role: content.role,
    version: content.release.version,
    sequence: Math.floor(content.madeAt / 1000),
    madeAt: new Date(content.madeAt).toISOString(),
    requires: {
      architecture: process.arch === "arm64" ? "arm64" : "amd64",
      suite: content.suite,
      processor: [...content.release.processor],
      memoryMiB: content.memoryMiB,
      diskMiB: diskMiB(parts),
    },
    parts,
  };
  return writeArchive(store, await numbered(fresh, key, output), key, output);
}

/** Where the file that is there already holds the same, signed by the same key, it keeps its number and becomes the same bytes again. */
async function numbered(fresh: Manifest, key: SigningKey, output: string): Promise<Manifest> {
  const before = await openArchive(output).catch(() => undefined);
  if (before === undefined || before.signature === undefined) return fresh;
  try {
    const { manifest, fingerprint } = openManifest(before.manifest, before.signature);
    const same = { ...fresh, sequence: manifest.sequence, madeAt: manifest.madeAt };
    return fingerprint === key.fingerprint && manifestBytes(same).equals(before.manifest) ? same : fresh;
  } catch (error) {
    if (error instanceof HostError) return fresh;
    throw error;
  }
}

/** Unpacked, installed and with one release before it: about three times what is carried. */
function diskMiB(parts: readonly Part[]): number {
  const models = parts.filter((part) => part.kind === "model").reduce((sum, part) => sum + part.size, 0);
  const others = parts.filter((part) => part.kind !== "model").reduce((sum, part) => sum + part.size, 0);
  return Math.ceil((models * 1.1 + others * 6) / 1_048_576) + 512;
}

/** Signs a manifest and writes the file, whole or not at all. */
export async function writeArchive(store: PartStore, manifest: Manifest, key: SigningKey, output: string): Promise<Archive> {
  const bytes = manifestBytes(manifest);
  const sumOf = (kind: Part["kind"]) => {
    const part = manifest.parts.find((one) => one.kind === kind);
    if (part === undefined) throw new TypeError(`an archive needs a ${kind}`);
    return part.sha256;
  };
  const small = (path: string, content: Buffer, mode = 0o644): TarEntry => ({
    path,
    mode,
    size: content.length,
    content: [content],
  });
  const seen = new Set<string>();
  function* entries(): Generator<TarEntry, void> {
    yield small("yizhan-host", Buffer.from(bootstrap(sumOf("node"), sumOf("installer"))), 0o755);
    yield small("manifest.json", bytes);
    yield small("manifest.sig", signManifest(bytes, key.key));
    for (const part of manifest.parts) {
      if (seen.has(part.sha256)) continue;
      seen.add(part.sha256);
      yield { path: `parts/${part.sha256}`, mode: 0o644, size: part.size, content: store.stream(part.sha256) };
    }
  }
  const hash = createHash("sha256");
  const counted = new Transform({
    transform(chunk: Buffer, _, done) {
      hash.update(chunk);
      done(null, chunk);
    },
  });
  await mkdir(dirname(output), { recursive: true });
  const partial = `${output}.partial-${process.pid}`;
  try {
    await pipeline(Readable.from(writeTar(entries())), counted, createWriteStream(partial));
    const file = await open(partial, "r+");
    await file.sync();
    await file.close();
    await rename(partial, output);
  } catch (error) {
    await rm(partial, { force: true });
    if ((error as NodeJS.ErrnoException).code === "ENOSPC") throw new KitError("data-unwritable", { path: output }, error);
    throw error;
  }
  return { path: output, size: (await stat(output)).size, sha256: hash.digest("hex"), manifest, fingerprint: key.fingerprint };
}

/** The small files of an archive, for whoever carries its parts another way. */
export async function unpackInbox(archive: string, folder: string): Promise<readonly string[]> {
  const source = await openArchive(archive);
  await mkdir(folder, { recursive: true });
  const files: [string, Buffer][] = [
    ["manifest.json", source.manifest],
    ["manifest.sig", source.signature ?? Buffer.alloc(0)],
    ["yizhan-host", Buffer.from(bootstrapOf(source.manifest))],
  ];
  for (const [name, content] of files) await writeFile(join(folder, name), content);
  return files.map(([name]) => join(folder, name));
}

/** The bootstrap that belongs to a manifest. */
export function bootstrapOf(manifest: Buffer): string {
  const { parts } = JSON.parse(manifest.toString("utf8")) as Manifest;
  const sum = (kind: Part["kind"]) => parts.find((part) => part.kind === kind)?.sha256 ?? "";
  return bootstrap(sum("node"), sum("installer"));
}

async function* modelTree(folder: string): AsyncGenerator<TarEntry, void> {
  for (const name of (await readdir(folder)).toSorted()) {
    const path = join(folder, name);
    const found = await stat(path);
    if (found.isFile()) yield fileEntry(name, path, found.size, 0o644);
  }
}
