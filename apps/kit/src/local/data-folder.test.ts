import { mkdtemp, readFile, readdir, stat, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { openDataFolder, readOrCreate } from "./data-folder.ts";
import { layout } from "./layout.ts";
import { planNodes } from "./plan.ts";
import { checkPorts } from "./ports.ts";
import { nodeSecrets } from "./secrets.ts";

const folder = () => mkdtemp(join(tmpdir(), "yizhan-data-"));
const regions = resolve(dirname(fileURLToPath(import.meta.url)), "../../../../regions");

describe("the data folder", () => {
  it("is made for its owner alone, and known again", async () => {
    const paths = layout(join(await folder(), "new"));
    await openDataFolder(paths);
    await openDataFolder(paths);
    expect((await stat(paths.data)).mode & 0o777).toBe(0o700);
  });

  it("is left alone when it holds something else", async () => {
    const data = await folder();
    await writeFile(join(data, "holiday.jpg"), "x");
    await expect(openDataFolder(layout(data))).rejects.toMatchObject({ code: "data-not-ours" });
    expect(await readdir(data)).toEqual(["holiday.jpg"]);
  });

  it("is left alone when it is damaged", async () => {
    const paths = layout(await folder());
    await openDataFolder(paths);
    await writeFile(paths.marker, "{");
    await expect(openDataFolder(paths)).rejects.toMatchObject({ code: "data-corrupt" });
    expect(await readFile(paths.marker, "utf8")).toBe("{");
  });

  it("never replaces a key file that lost its content", async () => {
    const path = join(await folder(), "root.key");
    await writeFile(path, "");
    await expect(readOrCreate(path, () => "another key")).rejects.toMatchObject({ code: "data-corrupt" });
    expect(await readFile(path, "utf8")).toBe("");
  });
});

describe("a plan", () => {
  it("puts the hub first and stations every ten ports", async () => {
    const nodes = await planNodes(regions, ["mz", "CN"], 4800);
    expect(nodes.map(({ code, port, speechPort }) => [code, port, speechPort])).toEqual([
      ["CN", 4800, undefined],
      ["MZ", 4810, 4811],
    ]);
  });

  it.each([["XX"], ["../../etc"], [""]])("refuses the country “%s”", async (code) => {
    await expect(planNodes(regions, [code], 4800)).rejects.toMatchObject({ code: "country-unknown" });
  });

  it("names the port that is in use", async () => {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as { port: number };
    await expect(checkPorts("127.0.0.1", [port])).rejects.toMatchObject({ code: "port-in-use", values: { port } });
    server.close();
  });
});

it("secrets are made once, each readable by its owner alone", async () => {
  const paths = layout(await folder());
  const [node] = await planNodes(regions, ["MZ"], 4800);
  if (node === undefined) throw new Error("no node");
  const first = await nodeSecrets(paths, node);
  const again = await nodeSecrets(paths, node);
  expect(again).toEqual(first);
  expect(first.staff.map((account) => account.role)).toContain("clinician");
  const { secrets } = paths.node("MZ");
  for (const name of await readdir(secrets)) expect((await stat(join(secrets, name))).mode & 0o777).toBe(0o600);
});
