import { createHash } from "node:crypto";
import { type Dialect, PostgresDialect, type PostgresPoolClient } from "kysely";
import { Pool, type PoolClient, types } from "pg";
import { cleaned } from "./clean.ts";

const int8 = 20;

/**
 * A prepared statement is planned once, not anew each time: to plan one that takes its rows as arrays costs more than
 * to run it. None needs to know its values: each finds its rows by key, and says so where the planner could think otherwise.
 * Nor is any compiled: where nothing has counted the rows yet that seems worth it, and takes 70 ms each time.
 */
const planning = "-c plan_cache_mode=force_generic_plan -c jit=off";

/**
 * A pool of at most `connections` connections to a PostgreSQL server (version 15 or later).
 * Statements are prepared once per connection: the store's texts are few and constant.
 */
export function openPostgres(url: string, connections: number, schema?: string): Dialect {
  const pool = new Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: 10_000,
    application_name: "yizhan",
    options: [planning, ...(schema === undefined ? [] : [`-c search_path=${schema}`])].join(" "),
    types: {
      // Row numbers and counts stay below 2^53.
      getTypeParser: (oid: number, format?: "text" | "binary") =>
        oid === int8 ? Number : types.getTypeParser(oid, format === "binary" ? "text" : format),
    },
  });
  // An idle connection that breaks is dropped by the pool; the next statement reports if none can be had.
  pool.on("error", () => undefined);
  // One that breaks while it is lent out says so itself, beside failing the statement: unheard, that ends the process.
  pool.on("connect", (client) => client.on("error", () => undefined));
  const wrapped = new WeakMap<PoolClient, PostgresPoolClient>();
  return new PostgresDialect({
    pool: {
      options: {},
      end: () => cleaned(() => pool.end()),
      connect: async () => {
        const client = await cleaned(() => pool.connect());
        const known = wrapped.get(client);
        if (known !== undefined) return known;
        const clean = cleanClient(client);
        wrapped.set(client, clean);
        return clean;
      },
    },
  });
}

const names = new Map<string, string>();

function statementName(text: string): string {
  let name = names.get(text);
  if (name === undefined) {
    name = createHash("sha256").update(text).digest("base64url").slice(0, 24);
    // Texts are the program's own, so few; the limit is a guard against a text built from values.
    if (names.size < 2_000) names.set(text, name);
  }
  return name;
}

function cleanClient(client: PoolClient): PostgresPoolClient {
  const query = (text: string, parameters: readonly unknown[]) =>
    cleaned(() =>
      parameters.length === 0 ? client.query(text) : client.query({ name: statementName(text), text, values: [...parameters] }),
    );
  return { query, release: (destroy?: boolean) => client.release(destroy) } as unknown as PostgresPoolClient;
}
