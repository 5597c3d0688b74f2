import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { access, mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { promisify } from "node:util";
import { root } from "./local.ts";

const run = promisify(execFile);
const version = "5.2.5";
/** What its server needs for S3 and KMS; all of `moto[server]` is four times as much. */
const packages = [`moto[s3]==${version}`, "flask==3.1.3", "flask-cors==6.0.5"];
/** Kept between runs, apart from the system's Python. */
const folder = join(root, `.tools/moto-${version}`);

export interface Moto {
  readonly url: string;
  stop(): Promise<void>;
}

/** moto's server: S3 and KMS as far as it has them, on this machine alone. It takes any credentials. */
export async function startMoto(): Promise<Moto> {
  await bring();
  const port = await freePort();
  const child = spawn("python3", ["-m", "moto.server", "-H", "127.0.0.1", "-p", String(port)], {
    env: { PATH: process.env["PATH"], PYTHONPATH: folder, MOTO_S3_ALLOW_CROSSACCOUNT_ACCESS: "false" },
    stdio: ["ignore", "ignore", "pipe"],
  });
  const ended = once(child, "exit").then(() => undefined);
  for await (const line of createInterface({ input: child.stderr })) if (line.includes("Running on http")) break;
  child.stderr.resume();
  if (child.exitCode !== null) throw new Error(`moto ended with ${child.exitCode}`);
  return {
    url: `http://127.0.0.1:${port}`,
    async stop() {
      child.kill();
      await ended;
    },
  };
}

/** Installed beside and then moved: two runs at once do not see halves of each other. */
async function bring(): Promise<void> {
  const there = () =>
    access(folder).then(
      () => true,
      () => false,
    );
  if (await there()) return;
  await mkdir(join(root, ".tools"), { recursive: true });
  const work = await mkdtemp(join(root, ".tools/moto-new-"));
  try {
    await run("python3", ["-m", "pip", "install", "--quiet", "--target", join(work, "packages"), ...packages], {
      timeout: 600_000,
    });
    await rename(join(work, "packages"), folder);
  } catch (error) {
    if (!(await there())) throw error;
  } finally {
    await rm(work, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  if (address === null || typeof address === "string") throw new TypeError("a port");
  return address.port;
}
