import { type ChildProcess, fork } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { benchObservation, benchPatient } from "@yizhan/store/bench";
import { startPostgres } from "@yizhan/store/testing";
import { type Asked, type Load, load } from "./load.ts";

export interface BenchStationOptions {
  readonly database: "pglite" | "postgres";
  /** False stores records as they are, to see what sealing costs. Never outside a bench. */
  readonly sealing: boolean;
  /** Patients in the store before the measured part. */
  readonly resources: number;
  /** Requests under way at once; default 8. */
  readonly clients?: number;
  /** Seconds each measure runs; default 4. */
  readonly seconds?: number;
}

export const measured = [
  "read",
  "search identifier",
  "search name",
  "create observation",
  "create patient",
  "transaction of 20",
] as const;
export type Measured = (typeof measured)[number];

export interface StationFigures {
  readonly loads: Readonly<Record<Measured, Load>>;
  /** MiB resident: waiting for its first request, and after the last. */
  readonly idle: number;
  readonly after: number;
}

const repository = join(import.meta.dirname, "../../../..");

/** A station in a process of its own, asked over HTTP as a hospital's system would; durable, nothing switched off. */
export async function benchStation(options: BenchStationOptions): Promise<StationFigures> {
  const { clients = 8, seconds = 4, resources } = options;
  await using ends = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), "yizhan-bench-"));
  ends.defer(() => rm(folder, { recursive: true, force: true }));
  const token = `yz_${randomBytes(32).toString("base64url")}`;
  const config = await writeConfig(folder, token, await database(options.database, folder, ends));
  const child = fork(join(import.meta.dirname, "server.ts"), [options.sealing ? "sealed" : "plain", String(resources)], {
    env: { YIZHAN_CONFIG: config, MALLOC_ARENA_MAX: "1" },
    execArgv: ["--max-semi-space-size=16"],
  });
  ends.defer(() => ended(child));
  const { url, ids } = await started(child);
  const idle = await resident(child);
  const work = works(ids);
  const loads: Partial<Record<Measured, Load>> = {};
  for (const what of measured) loads[what] = await load(url, token, work[what], { clients, seconds });
  return { loads: loads as Record<Measured, Load>, idle, after: await resident(child) };
}

function works(ids: readonly string[]): Record<Measured, () => Asked> {
  const number = () => Math.floor(Math.random() * ids.length);
  const any = () => ids[number()] ?? "";
  let next = ids.length;
  const post = (path: string, body: object): Asked => ({ method: "POST", path, body: JSON.stringify(body) });
  return {
    read: () => ({ method: "GET", path: `/fhir/Patient/${any()}` }),
    "search identifier": () => ({ method: "GET", path: `/fhir/Patient?identifier=urn:bench|B-${number()}` }),
    "search name": () => {
      const { name } = benchPatient(number()) as { name?: readonly { readonly family?: string }[] };
      const family = name?.[0]?.family?.split(" ")[1] ?? "";
      return { method: "GET", path: `/fhir/Patient?name=${encodeURIComponent(family)}` };
    },
    "create observation": () => post("/fhir/Observation", benchObservation(any())),
    "create patient": () => post("/fhir/Patient", benchPatient((next += 1))),
    "transaction of 20": () => {
      const patient = "urn:uuid:5e0c7d1a-3b0f-4a53-8c1e-1f4f3b6f0a01";
      const entry = (type: string, resource: object, fullUrl?: string) => ({
        ...(fullUrl === undefined ? {} : { fullUrl }),
        resource,
        request: { method: "POST", url: type },
      });
      const about = { ...benchObservation("x"), subject: { reference: patient } };
      return post("/fhir", {
        resourceType: "Bundle",
        type: "transaction",
        entry: [
          entry("Patient", benchPatient((next += 1)), patient),
          ...Array.from({ length: 19 }, () => entry("Observation", about)),
        ],
      });
    },
  };
}

async function database(kind: BenchStationOptions["database"], folder: string, ends: AsyncDisposableStack): Promise<object> {
  if (kind === "pglite") return { kind };
  const server = await startPostgres({ settings: ["fsync=on", "shared_buffers=512MB"] });
  ends.defer(() => server.stop());
  const secret = async (name: string) => {
    const address = await server.createDatabase(name);
    // As on a host: through the server's Unix socket.
    await writeFile(join(folder, name), `${address}?host=${dirname(server.directory)}`, { mode: 0o600 });
    return join(folder, name);
  };
  return { kind, urlFile: await secret("records"), keyUrlFile: await secret("keys") };
}

async function writeConfig(folder: string, token: string, place: object): Promise<string> {
  const secret = async (name: string, text: string) => {
    await writeFile(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  await mkdir(join(folder, "data"), { mode: 0o700 });
  return secret(
    "station.json",
    JSON.stringify({
      country: "MZ",
      regions: join(repository, "regions"),
      locales: join(repository, "locales"),
      data: join(folder, "data"),
      host: "127.0.0.1",
      port: 0,
      publicUrl: "http://127.0.0.1:4810",
      database: place,
      root: { kind: "file", path: await secret("root.key", randomBytes(32).toString("hex")) },
      apiTokenFile: await secret("api.token", token),
      logLevel: "error",
    }),
  );
}

function started(child: ChildProcess): Promise<{ readonly url: string; readonly ids: readonly string[] }> {
  return new Promise((resolve, reject) => {
    let url = "";
    child.on("message", (message: { type: string; url?: string; ids?: string[] }) => {
      if (message.type === "ready") url = message.url ?? "";
      if (message.type === "filled") resolve({ url, ids: message.ids ?? [] });
    });
    child.once("exit", (code) => reject(new Error(`the station ended with ${code}`)));
  });
}

async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null) return;
  const exit = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  child.kill("SIGTERM");
  await exit;
}

/** MiB, as the kernel counts them. */
async function resident(child: ChildProcess): Promise<number> {
  const status = await readFile(`/proc/${child.pid}/status`, "utf8");
  return Math.round(Number(/^VmRSS:\s+(\d+) kB/m.exec(status)?.[1]) / 1024);
}
