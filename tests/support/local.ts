import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";

export const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const kit = join(root, "apps/kit/src/main.ts");

export interface LocalNode {
  readonly code: string;
  readonly role: "hub" | "station";
  readonly url: string;
  readonly data: string;
  readonly staff: readonly { readonly name: string; readonly role: string; readonly passphrase: string }[];
  readonly speechUrl: string;
  readonly speechToken: string;
  readonly fhirUrl: string;
  readonly apiToken: string;
}

export interface Local {
  readonly data: string;
  readonly portBase: number;
  readonly process: ChildProcess;
  readonly output: () => string;
  node(code: string): LocalNode;
  /** Runs another command of the kit on the same data. */
  kit(...parameters: string[]): Promise<{ code: number; output: string }>;
  /** Ends the run as Ctrl-C does and waits until it is gone. */
  stop(): Promise<number>;
  /** Removes the data. */
  remove(): Promise<void>;
}

/** A base with 40 free ports above it. */
export async function freePortBase(): Promise<number> {
  for (let tries = 0; tries < 20; tries += 1) {
    const server = createServer().listen(0, "127.0.0.1");
    await once(server, "listening");
    const address = server.address();
    const port = typeof address === "object" && address !== null ? address.port : 0;
    server.close();
    await once(server, "close");
    if (port < 60_000) return port;
  }
  throw new Error("no free ports");
}

/** `yizhan up … --local` in a temporary folder (or a given one), ready to be used. */
export async function startLocal(
  options: { countries?: string[]; data?: string; portBase?: number; meet?: string } = {},
): Promise<Local> {
  const data = options.data ?? (await mkdtemp(join(tmpdir(), "yizhan-local-")));
  const portBase = options.portBase ?? (await freePortBase());
  const run = runKit([
    "up",
    ...(options.countries ?? ["CN", "MZ"]),
    "--local",
    "--data",
    data,
    "--port-base",
    String(portBase),
    "--models",
    join(root, ".yizhan/models"),
    ...(options.meet === undefined ? [] : ["--meet", options.meet]),
  ]);
  const exited = once(run.process, "exit");
  await Promise.race([
    run.line("ready"),
    exited.then(() => {
      throw new Error(`up ended before it was ready:\n${run.output()}`);
    }),
  ]);
  const { nodes } = JSON.parse(await readFile(join(data, "local.json"), "utf8")) as { nodes: LocalNode[] };
  return {
    data,
    portBase,
    process: run.process,
    output: run.output,
    node(code) {
      const node = nodes.find((one) => one.code === code);
      if (node === undefined) throw new Error(`no node ${code}`);
      return node;
    },
    async kit(...parameters) {
      const other = runKit([...parameters, "--data", data]);
      const [code] = await once(other.process, "exit");
      return { code: Number(code), output: other.output() };
    },
    async stop() {
      if (run.process.exitCode === null) run.process.kill("SIGINT");
      const [code] = await exited;
      return Number(code);
    },
    remove: () => rm(data, { recursive: true, force: true }),
  };
}

export function runKit(parameters: readonly string[]): {
  process: ChildProcess;
  output: () => string;
  line: (text: string) => Promise<void>;
} {
  const child = spawn(process.execPath, ["--disable-warning=ExperimentalWarning", kit, ...parameters], {
    cwd: root,
    env: { ...process.env, LANG: "C.UTF-8", LC_ALL: "C.UTF-8" },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let output = "";
  const waiting = new Map<string, () => void>();
  for (const stream of [child.stdout, child.stderr]) {
    createInterface({ input: stream }).on("line", (line) => {
      output += `${line}\n`;
      waiting.get(line)?.();
    });
  }
  return { process: child, output: () => output, line: (text) => new Promise((resolve) => waiting.set(text, resolve)) };
}
