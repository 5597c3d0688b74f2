import { execFile, type ExecFileOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { chown, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { loadRegion } from "@yizhan/region";
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderBundle } from "../render.ts";
import { exampleSite } from "../testing/site.ts";
import { databaseAddress } from "./postgres.ts";

// A real server with the rendered settings and the rendered rules of who may enter.
const run = promisify(execFile);
const programs = "/usr/lib/postgresql/15/bin";
let folder = "";
let server: ReturnType<typeof spawn> | undefined;
let options: ExecFileOptions = {};

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "yizhan-pg-"));
  if (process.getuid?.() === 0) {
    const id = async (flag: string) => Number((await run("id", [flag, "postgres"])).stdout);
    const [uid, gid] = [await id("-u"), await id("-g")];
    await chown(folder, uid, gid);
    options = { uid, gid, cwd: folder };
  }
  const cluster = join(folder, "cluster");
  await run(
    join(programs, "initdb"),
    ["-D", cluster, "-U", "postgres", "-A", "peer", "-E", "UTF8", "--locale=C.UTF-8", "-N"],
    options,
  );
  const region = await loadRegion(join(import.meta.dirname, "../../../../regions"), "MZ");
  const { files } = renderBundle({ region, site: exampleSite("MZ"), release: "1" });
  const content = (path: string) => files.find((file) => file.path === path)?.content ?? "";
  await mkdir(join(cluster, "conf.d"), { mode: 0o755 });
  const settings = content("/etc/postgresql/15/keys/conf.d/yizhan.conf").replaceAll("/run/postgresql", folder);
  await writeFile(join(cluster, "conf.d/yizhan.conf"), settings);
  await writeFile(join(cluster, "pg_hba.conf"), content("/etc/postgresql/15/keys/pg_hba.conf"), { mode: 0o644 });
  await writeFile(join(cluster, "postgresql.conf"), "include_dir 'conf.d'\n");
  const started = spawn(join(programs, "postgres"), ["-D", cluster], { ...options, stdio: ["ignore", "ignore", "pipe"] });
  server = started;
  let log = "";
  await new Promise<void>((resolve, reject) => {
    started.stderr?.on("data", (chunk: Buffer) => {
      log += chunk.toString();
      if (log.includes("ready to accept connections")) resolve();
    });
    started.once("exit", () => reject(new Error(log)));
  });
});
afterAll(async () => {
  if (server !== undefined && server.exitCode === null) {
    server.kill("SIGINT");
    await once(server, "exit");
  }
  await rm(folder, { recursive: true, force: true });
});

const ask = async (text: string, address = `postgres://postgres@${encodeURIComponent(folder)}:5433/postgres`) =>
  (await run(join(programs, "psql"), ["-X", "-A", "-t", "-d", address, "-c", text], options)).stdout.toString().trim();

test("the key store's server runs as rendered: no port on the network, no old segments, no statement in a log", async () => {
  const wanted = {
    listen_addresses: "",
    port: "5433",
    wal_recycle: "off",
    max_wal_size: "64MB",
    log_statement: "none",
    log_min_error_statement: "panic",
  };
  for (const [name, value] of Object.entries(wanted)) expect(await ask(`show ${name}`), name).toBe(value);
  expect(await ask("select count(*) from pg_file_settings where error is not null")).toBe("0");
  expect(await ask("select count(*) from pg_hba_file_rules where error is not null")).toBe("0");
});

test("a role enters only as the system user of its name, and only its own database", async () => {
  await ask('create role "yizhan-station" login');
  await ask('create database yizhan_keys owner "yizhan-station"');
  const address = databaseAddress("yizhan-station", "yizhan_keys", "keys").replace(
    encodeURIComponent("/run/postgresql"),
    encodeURIComponent(folder),
  );
  await expect(ask("select 1", address)).rejects.toThrow(/Peer authentication failed/);
  await expect(ask("select 1", address.replace("/yizhan_keys", "/postgres"))).rejects.toThrow(/pg_hba.conf rejects/);
});
