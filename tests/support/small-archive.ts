import { randomBytes } from "node:crypto";
import { mkdtemp } from "node:fs/promises";
import { join } from "node:path";
import type { Manifest } from "@yizhan/host";
import { type Archive, writeArchive } from "../../apps/kit/src/release/archive.ts";
import { openPartStore } from "../../apps/kit/src/release/part-store.ts";
import { makeRelease } from "../../apps/kit/src/release/release.ts";
import { signingKey } from "../../apps/kit/src/release/signing.ts";
import { root } from "./local.ts";

/** An archive that a host can judge and nothing can be installed from: installer, an empty bundle, and some ballast. Made below `place`. */
export async function smallArchive(
  place: string,
  changes: Partial<Manifest> = {},
  options: { ballast?: number } = {},
): Promise<Archive> {
  const folder = await mkdtemp(join(place, "archive-"));
  const store = await openPartStore(join(root, ".yizhan/release/parts"));
  const own = await openPartStore(join(folder, "parts"));
  const { parts } = await makeRelease(store, "this-machine");
  const boot = parts.filter((part) => part.kind === "node" || part.kind === "installer");
  const bundle = await store.make("bundle", "bundle", () => [Buffer.from(JSON.stringify(emptyBundle))]);
  const ballast = await own.make("model", "ballast", () => [randomBytes(options.ballast ?? 16)]);
  const key = await signingKey(join(folder, "fleet"), undefined, { open: true });
  const both = {
    ...store,
    stream: (sum: string) => (sum === ballast.sha256 ? own.stream(sum) : store.stream(sum)),
  };
  const manifest: Manifest = {
    format: 1,
    country: "MZ",
    role: "station",
    version: emptyBundle.release,
    sequence: 100,
    madeAt: new Date().toISOString(),
    requires: { architecture: "amd64", suite: "bookworm", processor: [], memoryMiB: 512, diskMiB: 64 },
    parts: [...boot, bundle, ballast],
    ...changes,
  };
  return writeArchive(both, manifest, key, join(folder, "mz.yizhan"));
}

const emptyBundle = {
  format: 1,
  country: "MZ",
  role: "station",
  release: "0.1.0-empty",
  debian: { suite: "bookworm", packages: [] },
  users: [],
  groups: [],
  directories: [],
  secrets: [],
  files: [],
  units: [],
  databases: [],
  health: [],
  digest: "0",
};
