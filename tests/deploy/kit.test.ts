import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { outcomeOf, run } from "../support/command.ts";
import { root } from "../support/local.ts";

let folder = "";
beforeAll(async () => (folder = await mkdtemp(join(tmpdir(), "yizhan-kit-"))));
afterAll(() => rm(folder, { recursive: true, force: true }));

/** On a machine without a network, with Debian's own programs and nothing of this one's environment. */
const laptop = (line: string) =>
  outcomeOf("unshare", [
    "--net",
    "env",
    "-i",
    "PATH=/usr/bin:/bin",
    "LANG=C.UTF-8",
    `HOME=${folder}`,
    "sh",
    "-euc",
    `cd ${folder}/yizhan; ${line}`,
  ]);

it("a kit that was carried in one file plans on a laptop that has neither Node nor a network", async () => {
  const archive = join(folder, "kit.tar.gz");
  await run(process.execPath, join(root, "apps/kit/src/main.ts"), "bundle", "--kit", "-o", archive);
  await run("tar", "-xzf", archive, "-C", folder);
  expect(await readdir(folder)).toEqual(["kit.tar.gz", "yizhan"]);
  const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGk0c3Rvbi1rZXktZm9yLXRlc3RzLW9ubHktMDAwMDAw";
  const made = await laptop(
    `./yizhan new MZ --size clinic --host 192.0.2.4 --host-key '${key}' --name mz.example.org --webhook https://alerts.example.org/`,
  );
  expect(made.code, made.stderr).toBe(0);
  const planned = await laptop("./yizhan plan MZ --offline");
  expect(planned.stdout).toContain("1 of 1 country can be carried out as planned.");
  expect(planned.code, planned.stderr).toBe(0);
  // Whatever it brought along came from the file: nothing was installed and nothing was fetched.
  expect(planned.stderr).not.toMatch(/installing|bringing/);
}, 240_000);
