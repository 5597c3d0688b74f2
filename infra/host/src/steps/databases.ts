import { type Context, noteChange } from "../context.ts";
import { readOrNone } from "../files.ts";
import { attempt, run } from "../shell.ts";
import { secretPath } from "./secrets.ts";

/** Runs SQL as PostgreSQL's own superuser over its socket. */
export async function sql(text: string, database = "postgres"): Promise<string> {
  return run("runuser", ["-u", "postgres", "--", "psql", "-X", "-q", "-A", "-t", "-v", "ON_ERROR_STOP=1", "-d", database], {
    input: [text],
  });
}

/** The server, its roles and its databases. A role's password is the secret `<role>-db` where the bundle has one. */
export async function makeDatabases(context: Context): Promise<void> {
  const { databases } = context.bundle;
  if (databases.length === 0) return;
  await run("systemctl", ["start", "postgresql"]);
  await waitForServer();
  const roles = new Set((await sql("select rolname from pg_roles")).split("\n"));
  const present = new Set((await sql("select datname from pg_database")).split("\n"));
  for (const owner of new Set(databases.map((one) => one.owner))) {
    if (!roles.has(owner)) {
      await sql(`create role ${quoted(owner)} login`);
      noteChange(context, `role:${owner}`, `database role ${owner}`);
    }
    const secret = await readOrNone(secretPath(`${owner}-db`));
    if (secret !== undefined && !roles.has(owner)) {
      await sql(`alter role ${quoted(owner)} password '${secret.toString("utf8").trim().replaceAll("'", "''")}'`);
    }
  }
  for (const { name, owner } of databases) {
    if (present.has(name)) continue;
    await sql(`create database ${quoted(name)} owner ${quoted(owner)} encoding 'UTF8' template template0`);
    await sql(`revoke all on database ${quoted(name)} from public`);
    noteChange(context, `database:${name}`, `database ${name}`);
  }
}

/** A started server takes a moment before it answers. */
async function waitForServer(): Promise<void> {
  for (let tries = 0; tries < 100; tries += 1) {
    if ((await attempt("runuser", ["-u", "postgres", "--", "pg_isready", "-q"])).code === 0) return;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

export function quoted(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
