import { parseArgs } from "node:util";
import { benchStation, type BenchStationOptions } from "./index.ts";
import { type Row, rowsOf } from "./rows.ts";

// Prints one JSON array: a row for each database, number of records and measure. Progress goes to stderr.
const { values } = parseArgs({
  options: {
    databases: { type: "string", default: "pglite,postgres" },
    sizes: { type: "string", default: "1000,100000" },
    clients: { type: "string", default: "8" },
    seconds: { type: "string", default: "4" },
  },
});
const databases = values.databases.split(",").map((name): BenchStationOptions["database"] => {
  if (name !== "pglite" && name !== "postgres") throw new TypeError(`no such database: ${name}`);
  return name;
});
const clients = Number(values.clients);
const steps = databases.flatMap((database) => values.sizes.split(",").map((size) => ({ database, resources: Number(size) })));
const rows: Row[] = [];
for (const [at, step] of steps.entries()) {
  const tell = (doing: string) => progress(`${at + 1} of ${steps.length}: ${step.database}, ${step.resources} records: ${doing}`);
  const figures = await benchStation({ ...step, clients, seconds: Number(values.seconds), tell });
  rows.push(...rowsOf(step.database, step.resources, clients, figures));
}
if (process.stderr.isTTY) process.stderr.write("\n");
process.stdout.write(`${JSON.stringify(rows)}\n`);

/** One line that is written over where a person watches; a line each otherwise. */
function progress(line: string): void {
  process.stderr.write(process.stderr.isTTY ? `\r\u001B[K${line}` : `${line}\n`);
}
