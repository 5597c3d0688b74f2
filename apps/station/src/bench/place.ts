import { randomBytes } from "node:crypto";
import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { startPostgres } from "@yizhan/store/testing";

const repository = join(import.meta.dirname, "../../../..");

/** Where the stations of the bench keep their data. */
export interface Places {
  of(name: string): Promise<object>;
  /** The work that a large import leaves behind is done: nobody imports 100,000 patients and asks in the same minute. */
  settle(): Promise<void>;
}

/** PGlite in each station's own folder, or one PostgreSQL server for all: durable, nothing switched off. */
export async function databasePlace(kind: "pglite" | "postgres", folder: string, ends: AsyncDisposableStack): Promise<Places> {
  if (kind === "pglite") return { of: () => Promise.resolve({ kind }), settle: () => Promise.resolve() };
  const server = await startPostgres({ settings: ["fsync=on", "shared_buffers=512MB"] });
  ends.defer(() => server.stop());
  const secret = async (name: string) => {
    const address = await server.createDatabase(name);
    // As on a host: through the server's Unix socket.
    await writeFile(join(folder, name), `${address}?host=${dirname(server.directory)}`, { mode: 0o600 });
    return join(folder, name);
  };
  return {
    of: async (name) => ({ kind, urlFile: await secret(`${name}_records`), keyUrlFile: await secret(`${name}_keys`) }),
    settle: () => server.settle(),
  };
}

/** Writes a station's configuration; resolves its path and the token that it takes. */
export async function writeConfig(
  folder: string,
  database: object,
): Promise<{ readonly config: string; readonly token: string }> {
  await mkdir(join(folder, "data"), { recursive: true, mode: 0o700 });
  const secret = async (name: string, text: string) => {
    await writeFile(join(folder, name), text, { mode: 0o600 });
    return join(folder, name);
  };
  const token = `yz_${randomBytes(32).toString("base64url")}`;
  const config = await secret(
    "station.json",
    JSON.stringify({
      country: "MZ",
      regions: join(repository, "regions"),
      locales: join(repository, "locales"),
      data: join(folder, "data"),
      host: "127.0.0.1",
      port: 0,
      publicUrl: "http://127.0.0.1:4810",
      database,
      root: { kind: "file", path: await secret("root.key", randomBytes(32).toString("hex")) },
      apiTokenFile: await secret("api.token", token),
      logLevel: "error",
    }),
  );
  return { config, token };
}
