import { join } from "node:path";
import { openArchive, openManifest, type TarEntry, writeTar } from "@yizhan/host";
import { writeArchive } from "../../apps/kit/src/release/archive.ts";
import { zstd } from "../../apps/kit/src/release/compress.ts";
import { openPartStore } from "../../apps/kit/src/release/part-store.ts";
import { signingKey } from "../../apps/kit/src/release/signing.ts";
import { root } from "./local.ts";

/** The same archive as a newer release whose station ends at once. Answers its path. */
export async function brokenRelease(archive: string, fleet: string, passphrase: string): Promise<string> {
  const source = await openArchive(archive);
  const { manifest } = openManifest(source.manifest, source.signature);
  const store = await openPartStore(join(root, ".yizhan/release/parts"));
  const version = `${manifest.version}-broken`;
  const content = Buffer.from('throw new Error("this release does not start");\n');
  const entry: TarEntry = { path: "apps/station/src/main.ts", mode: 0o644, size: content.length, content: [content] };
  const tree = await store.make("tree", "broken", () => zstd(writeTar([entry])));
  const old = manifest.parts.find((part) => part.kind === "bundle");
  if (old === undefined) throw new Error("no bundle");
  const pieces: Uint8Array[] = [];
  for await (const piece of store.stream(old.sha256)) pieces.push(piece);
  const text = Buffer.concat(pieces).toString("utf8").replace(`"release":"${manifest.version}"`, `"release":"${version}"`);
  const bundle = await store.make("bundle", "bundle", () => [Buffer.from(text)]);
  const parts = [...manifest.parts.filter((part) => part.kind !== "bundle"), tree, bundle];
  const output = join(fleet, "broken.yizhan");
  await writeArchive(
    store,
    { ...manifest, version, sequence: manifest.sequence + 1, parts },
    await signingKey(fleet, passphrase),
    output,
  );
  return output;
}
