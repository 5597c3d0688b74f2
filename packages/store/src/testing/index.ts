export { emptyDatabase, inMemory } from "./empty.ts";
export { openTestStore, testRoot } from "./open.ts";
export { baseBackup, startPostgres, type TestPostgres, type TestPostgresOptions } from "./postgres.ts";
