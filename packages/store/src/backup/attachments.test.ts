import { randomBytes } from "node:crypto";
import { mkdtemp, readdir, rm, truncate, utimes } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { KeyBytes } from "@yizhan/vault";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { removeOrphans } from "../files/orphans.ts";
import { fileMark } from "../files/reference.ts";
import { folderName } from "../files/sealed-files.ts";
import { stationMigrations } from "../migrations/index.ts";
import { patientSubject } from "../resources/subjects.ts";
import { startPostgres, type TestPostgres } from "../testing/postgres.ts";
import { writeDataFile } from "./data-file.ts";
import { writeKeysFile } from "./keys-file.ts";
import type { Target } from "./place.ts";
import { restore, restoreTest } from "./restore.ts";
import { admit, freshRoot, openParts } from "./testing.ts";

// Making an empty PGlite takes seconds of processor time.
vi.setConfig({ testTimeout: 120_000 });
let server: TestPostgres;
let base: string;
const root: KeyBytes = freshRoot();
beforeAll(async () => {
  server = await startPostgres();
  base = await mkdtemp(join(tmpdir(), "yizhan-attachments-"));
});
afterAll(async () => {
  await server.stop();
  await rm(base, { recursive: true });
});

async function target(engine: string, folder: string, part: string): Promise<Target> {
  if (engine === "pglite") return { kind: "pglite", directory: join(folder, part) };
  return { kind: "postgres", url: await server.createDatabase(`attachments_${part}`) };
}

test.each(["pglite", "postgres"])(
  "on %s, attachments come back byte for byte, and those of the forgotten do not",
  async (engine) => {
    const folder = join(base, engine);
    const files = join(folder, "files");
    const at = { data: await target(engine, folder, "db"), keys: await target(engine, folder, "keys") };
    const file = join(base, `${engine}.yzb`);
    const keysFile = join(base, `${engine}.yzk`);
    const content = randomBytes(3_000_001);

    const first = await openParts(at, root, files);
    const attach = async (patient: string) => {
      const subject = patientSubject("home", patient);
      const written = await first.store.files?.write({ tenant: "home", subject }, [content] as never, 5_000_000);
      const parts = [
        { url: "name", valueString: written?.name },
        { url: "size", valueDecimal: written?.size },
      ];
      const mark = { extension: [{ url: fileMark, extension: parts }] };
      const binary = { resourceType: "Binary", contentType: "image/png", securityContext: { reference: `Patient/${patient}` } };
      const { id } = await first.store.direct().resources.create({ ...binary, _data: mark } as never);
      return { tenant: "home", subject, name: written?.name ?? "", id };
    };
    const ana = await attach(await admit(first.store, "Machava"));
    const patient = await admit(first.store, "Sitoe");
    const rui = await attach(patient);
    // What no record names goes, unless it is young: its record may be on the way. What only the history names stays.
    const evas = await attach(await admit(first.store, "Cossa"));
    await first.store.direct().resources.delete("Binary", evas.id);
    const orphans = await Promise.all(["old", "young"].map(() => first.store.files?.write(ana, [content] as never, 5_000_000)));
    const pathOf = (one: { subject: string }, name = "") => join(files, folderName(one.subject), name);
    const long = Date.now() - 2 * 86_400_000;
    for (const one of [ana, rui, evas]) await utimes(pathOf(one, one.name), long / 1000, long / 1000);
    await utimes(pathOf(ana, orphans[0]?.name), long / 1000, long / 1000);
    expect(await removeOrphans(first.store)).toBe(1);
    expect((await readdir(pathOf(ana))).toSorted()).toEqual([ana.name, orphans[1]?.name].toSorted());
    expect(await readdir(pathOf(evas))).toEqual([evas.name]);
    await rm(pathOf(ana, orphans[1]?.name));
    await rm(pathOf(evas), { recursive: true });
    const backUp = (path: string) =>
      writeDataFile(path, { database: first.database, vault: first.vault, createdAt: new Date(), files });
    await backUp(file);
    await writeKeysFile(keysFile, "keys", first.keys, { root, country: "MZ" });
    const common = { country: "MZ", root, file, data: at.data, folder, steps: stationMigrations };
    const tested = await restoreTest({ ...common, keysFile });
    expect(tested.checked.files).toBe(2);
    expect(tested.manifest.files.count).toBe(2);

    await first.store.forget(patient);
    // The patient's key is exchanged after the backup, and the file's bytes with it.
    const version = await first.vault.keys.stage(ana.subject);
    await first.vault.keys.promote(ana.subject, version);
    expect(await first.store.files?.reseal("home", ana.subject)).toBe(1);
    const [owner = ""] = await readdir(files);
    await truncate(join(files, owner, ana.name), 1_000_000);
    await expect(backUp(join(base, "altered.yzb"))).rejects.toMatchObject({ code: "file-damaged" });
    await rm(files, { recursive: true });
    await expect(backUp(join(base, "missing.yzb"))).rejects.toMatchObject({ code: "file-missing" });
    await first.close();

    const keep = {
      keysFile: undefined,
      tombstoneFiles: [],
      keys: at.keys,
      tombstones: join(base, `${engine}.yzt`),
      now: new Date(),
    };
    expect((await restore({ ...common, ...keep })).forgotten).toBe(1);
    const second = await openParts(at, root, files);
    const opened = await second.store.files?.open(ana);
    const pieces: Uint8Array[] = [];
    for await (const piece of opened?.read(0, content.length) ?? []) pieces.push(piece);
    await opened?.close();
    expect(Buffer.concat(pieces).equals(content)).toBe(true);
    await expect(second.store.files?.open(rui)).rejects.toMatchObject({ code: "subject-forgotten" });
    expect(await readdir(files)).toHaveLength(1);
    await second.close();
  },
);
