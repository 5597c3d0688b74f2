import type { Bundle } from "../bundle.ts";
import { type Context, noteChange } from "../context.ts";
import { HostError } from "../errors.ts";
import { attempt, run } from "../shell.ts";

export type Database = Bundle["databases"][number];

/** Debian 12's. */
const version = "15";

/** Runs SQL as PostgreSQL's own superuser over its socket. Answers the rows, a line each. */
export async function sql(port: number, text: string): Promise<string[]> {
  const answer = await run(
    "runuser",
    ["-u", "postgres", "--", "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-p", String(port), "-d", "postgres"],
    { input: [text] },
  );
  return answer.split("\n").filter((line) => line !== "");
}

/** The port of a database's cluster. */
export function portOf(bundle: Bundle, database: Pick<Database, "cluster">): number {
  return bundle.clusters.find((cluster) => cluster.name === database.cluster)?.port ?? 5432;
}

/** Clusters, roles and databases. A role signs in as the system user of its name, over the socket: there is no password. */
export async function makeDatabases(context: Context): Promise<void> {
  const { bundle } = context;
  if (bundle.databases.length === 0) return;
  const there = (await run("pg_lsclusters", ["-h"])).split("\n").map((line) => line.trim().split(/\s+/)[1]);
  for (const { name, port } of bundle.clusters) {
    if (there.includes(name)) continue;
    await run("pg_createcluster", [
      version,
      name,
      "--port",
      String(port),
      "--locale",
      "C.UTF-8",
      "--",
      "--data-checksums",
      "--auth-local=peer",
    ]);
    noteChange(context, `cluster:${name}`, `database cluster ${name}`);
  }
  for (const cluster of new Set(bundle.databases.map((one) => one.cluster))) {
    const databases = bundle.databases.filter((one) => one.cluster === cluster);
    // As Debian makes one it wants to listen on "localhost", which not every server can look up; ours are asked by their sockets.
    await run("pg_conftool", ["-s", version, cluster, "set", "listen_addresses", ""]);
    await startCluster(cluster, portOf(bundle, { cluster }));
    await fill(context, portOf(bundle, { cluster }), databases);
  }
}

async function fill(context: Context, port: number, databases: readonly Database[]): Promise<void> {
  const roles = new Set(await sql(port, "select rolname from pg_roles"));
  const present = new Set(await sql(port, "select datname from pg_database"));
  for (const owner of new Set(databases.map((one) => one.owner))) {
    if (roles.has(owner)) continue;
    await sql(port, `create role ${quoted(owner)} login`);
    noteChange(context, `role:${port}/${owner}`, `database role ${owner}`);
  }
  for (const { name, owner } of databases) {
    if (present.has(name)) continue;
    await sql(port, `create database ${quoted(name)} owner ${quoted(owner)} encoding 'UTF8' template template0`);
    await sql(port, `revoke all on database ${quoted(name)} from public`);
    noteChange(context, `database:${name}`, `database ${name}`);
  }
}

/** A started server takes a moment before it answers. Throws `step-failed`. */
export async function startCluster(name: string, port: number): Promise<void> {
  await run("systemctl", ["start", `postgresql@${version}-${name}.service`]);
  for (let tries = 0; tries < 150; tries += 1) {
    if ((await attempt("runuser", ["-u", "postgres", "--", "pg_isready", "-q", "-p", String(port)])).code === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  throw new HostError("step-failed", `The database cluster ${name} does not answer.`);
}

/** Into a new database that takes the old one's name: a power cut leaves one of the two whole. */
export async function restoreDatabase(port: number, { name, owner }: Database, dump: string): Promise<void> {
  const fresh = `${name}_restoring`;
  await sql(port, `drop database if exists ${quoted(fresh)} with (force)`);
  await sql(port, `create database ${quoted(fresh)} owner ${quoted(owner)} encoding 'UTF8' template template0`);
  await run("sh", [
    "-euc",
    'runuser -u postgres -- pg_restore -p "$1" -d "$2" --exit-on-error <"$3"',
    "restore",
    String(port),
    fresh,
    dump,
  ]);
  await sql(port, `revoke all on database ${quoted(fresh)} from public`);
  await sql(port, `drop database if exists ${quoted(name)} with (force)`);
  await sql(port, `alter database ${quoted(fresh)} rename to ${quoted(name)}`);
}

export async function dumpDatabase(port: number, name: string, path: string): Promise<void> {
  await run("sh", ["-euc", 'runuser -u postgres -- pg_dump -p "$1" -Fc -Z1 -d "$2" >"$3"', "dump", String(port), name, path]);
}

function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
