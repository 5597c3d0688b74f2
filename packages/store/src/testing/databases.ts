import { afterAll, beforeAll, describe } from "vitest";
import type { DatabaseOptions } from "../database/open.ts";
import { inMemory } from "./empty.ts";
import { startPostgres, type TestPostgres } from "./postgres.ts";

/** One suite over both databases: `fresh` gives an empty one for each call. */
export function overDatabases(name: string, suite: (fresh: () => Promise<DatabaseOptions>) => void): void {
  describe(`${name} on PGlite`, () => suite(inMemory));
  describe(`${name} on PostgreSQL`, () => {
    let server: TestPostgres | undefined;
    let made = 0;
    beforeAll(async () => {
      server = await startPostgres();
    });
    afterAll(() => server?.stop());
    suite(async () => {
      if (server === undefined) throw new Error("the server is not up");
      made += 1;
      return { kind: "postgres", url: await server.createDatabase(`suite_${made}`) };
    });
  });
}
