import { type ChildProcess, execFile, spawn } from "node:child_process";
import { createWriteStream } from "node:fs";
import { chown, mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";

const run = promisify(execFile);
/** Where Debian's `postgresql-15` keeps its programs. */
const programs = "/usr/lib/postgresql/15/bin";

export interface TestPostgres {
  /** For `openDatabase({ kind: "postgres", url })`. */
  readonly url: string;
  /** The cluster's files and its server's log, where a search for plain text looks. */
  readonly directory: string;
  /** Another, empty database of the same server. */
  createDatabase(name: string): Promise<string>;
  /** Brings it to rest: dead rows gone, counts taken, everything written out, as hours without work would. */
  settle(): Promise<void>;
  /** Ends the server as a crash does (SIGQUIT: nothing is written out), and leaves its files. */
  halt(): Promise<void>;
  /** Starts it again on the same port. */
  resume(): Promise<void>;
  stop(): Promise<void>;
}

export interface TestPostgresOptions {
  /** Lines of postgresql.conf: `fsync=on`. Tests switch durability off, benches do not. */
  readonly settings?: readonly string[];
  /** Where the server's folder is made, instead of among temporary files: a disk of its own. */
  readonly folder?: string;
  /** Fills the empty cluster's folder instead of `initdb`: with a base backup, and how to go on from it. */
  readonly fill?: (cluster: string) => Promise<void>;
}

/**
 * Starts a server of its own in a temporary directory, from Debian's package. PostgreSQL refuses to run
 * as root: as root it runs as the system's user `postgres`.
 */
export async function startPostgres(options: TestPostgresOptions = {}): Promise<TestPostgres> {
  const directory = await mkdtemp(join(options.folder ?? tmpdir(), "yizhan-postgres-"));
  const owner = process.getuid?.() === 0 ? await idsOf("postgres") : {};
  if (owner.uid !== undefined && owner.gid !== undefined) await chown(directory, owner.uid, owner.gid);
  const cluster = join(directory, "cluster");
  if (options.fill === undefined) {
    await run(join(programs, "initdb"), ["-D", cluster, "-U", "yizhan", "-A", "trust", "-E", "UTF8", "--locale=C.UTF-8", "-N"], {
      ...owner,
      cwd: directory,
    });
  } else {
    await options.fill(cluster);
    await run("chown", ["-R", "--reference", directory, cluster]);
  }
  const port = await freePort();
  const settings = options.settings ?? ["fsync=off", "synchronous_commit=off", "full_page_writes=off"];
  const launch = () => startServer({ directory, cluster, port, settings, owner });
  let server = await launch();
  const end = async (signal: NodeJS.Signals) => {
    if (server.exitCode !== null) return;
    const ended = new Promise<void>((resolve) => server.once("exit", () => resolve()));
    server.kill(signal);
    await ended;
  };
  const address = (database: string) => `postgres://yizhan@127.0.0.1:${port}/${database}`;
  return {
    url: address("postgres"),
    directory: cluster,
    async createDatabase(name) {
      await run(join(programs, "createdb"), ["-h", "127.0.0.1", "-p", String(port), "-U", "yizhan", name]);
      return address(name);
    },
    async settle() {
      const where = ["-h", "127.0.0.1", "-p", String(port), "-U", "yizhan"];
      await run(join(programs, "vacuumdb"), [...where, "--all", "--analyze", "--quiet"], { ...owner, cwd: directory });
      await run(join(programs, "psql"), [...where, "-q", "-d", "postgres", "-c", "checkpoint"], { ...owner, cwd: directory });
    },
    halt: () => end("SIGQUIT"),
    async resume() {
      server = await launch();
    },
    async stop() {
      await end("SIGINT");
      await rm(directory, { recursive: true, force: true });
    },
  };
}

interface ServerPlace {
  readonly directory: string;
  readonly cluster: string;
  readonly port: number;
  readonly settings: readonly string[];
  readonly owner: { uid?: number; gid?: number };
}

async function startServer({ directory, cluster, port, settings, owner }: ServerPlace): Promise<ChildProcess> {
  const server = spawn(
    join(programs, "postgres"),
    ["-D", cluster, "-p", String(port), "-k", directory].concat(
      ["listen_addresses=127.0.0.1", ...settings].flatMap((setting) => ["-c", setting]),
    ),
    { ...owner, cwd: directory, stdio: ["ignore", "ignore", "pipe"] },
  );
  await new Promise<void>((resolve, reject) => {
    let said = "";
    server.stderr.on("data", (chunk: Buffer) => {
      said += chunk.toString();
      // A server that replays a log says first that it takes reading connections.
      if (said.includes("system is ready to accept connections")) resolve();
    });
    server.once("exit", () => reject(new Error(`postgres did not start: ${said.slice(-500)}`)));
  });
  // On a full disk lines are lost, and the server goes on.
  server.stderr.pipe(createWriteStream(join(cluster, "server.log"), { flags: "a" }).on("error", () => server.stderr.resume()));
  return server;
}

/** Copies a running server's files as `pg_basebackup` does; a folder with the WAL it archives is the caller's. */
export async function baseBackup(url: string, into: string): Promise<void> {
  await run(join(programs, "pg_basebackup"), ["-d", url, "-D", into, "-X", "none", "-c", "fast"]);
}

async function idsOf(user: string): Promise<{ uid?: number; gid?: number }> {
  const [uid, gid] = await Promise.all(["-u", "-g"].map(async (flag) => Number((await run("id", [flag, user])).stdout)));
  return { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) };
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, "127.0.0.1", resolve));
  const address = probe.address();
  await new Promise<void>((resolve) => probe.close(() => resolve()));
  if (address === null || typeof address === "string") throw new Error("no free port");
  return address.port;
}
