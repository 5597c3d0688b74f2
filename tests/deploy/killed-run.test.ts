import { spawn } from "node:child_process";
import { once } from "node:events";
import { readFile, stat } from "node:fs/promises";
import { join } from "node:path";
import { expect, it } from "vitest";
import { outcomeOf } from "../support/command.ts";
import { root } from "../support/local.ts";

const boots = `
const { bootHost } = await import(${JSON.stringify(join(root, "tests/support/host.ts"))});
const { name, folder, disk } = await bootHost({ disk: 200 });
console.log(JSON.stringify({ name, folder, disk }));
setInterval(() => undefined, 60_000);
`;

it("a test run that is killed leaves no host behind", async () => {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", "--input-type=module", "-e", boots], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  let complaints = "";
  child.stderr.on("data", (chunk: Buffer) => (complaints += chunk));
  // The guard writes to the same pipe: it is closed only when both are gone.
  const closed = once(child, "close");
  const failed = closed.then(() => {
    throw new Error(complaints);
  });
  const [line] = (await Promise.race([once(child.stdout, "data"), failed])) as [Buffer];
  failed.catch(() => undefined);
  const { name, folder, disk } = JSON.parse(line.toString()) as { name: string; folder: string; disk: string };
  expect(await readFile("/proc/self/mountinfo", "utf8")).toContain(` ${disk} `);
  child.kill("SIGKILL");
  await closed;
  expect(complaints).toBe("");
  expect(await readFile("/proc/self/mountinfo", "utf8")).not.toContain(disk);
  await expect(stat(folder)).rejects.toMatchObject({ code: "ENOENT" });
  expect((await outcomeOf("ip", ["link", "show", `ve-${name}`])).code).not.toBe(0);
  expect((await outcomeOf("pgrep", ["-f", "--", `--machine=${name} `])).code).toBe(1);
}, 400_000);
