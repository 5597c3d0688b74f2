export { openTestStore, testRoot } from "./open.ts";
export { startPostgres, type TestPostgres, type TestPostgresOptions } from "./postgres.ts";
