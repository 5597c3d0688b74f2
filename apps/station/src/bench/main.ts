import { parseArgs } from "node:util";
import { benchStation, measured, type StationFigures } from "./index.ts";

// Prints one JSON array: a row for each database, number of records and measure. Progress goes to stderr.
const { values } = parseArgs({
  options: {
    databases: { type: "string", default: "pglite,postgres" },
    sizes: { type: "string", default: "1000,100000" },
    clients: { type: "string", default: "8" },
    seconds: { type: "string", default: "4" },
  },
});
const databases = values.databases.split(",").map((name) => {
  if (name !== "pglite" && name !== "postgres") throw new TypeError(`no such database: ${name}`);
  return name;
});
const round = (value: number, digits: number) => Number(value.toFixed(digits));
const rows: Record<string, string | number>[] = [];
for (const database of databases) {
  for (const resources of values.sizes.split(",").map(Number)) {
    const run = async (sealing: boolean): Promise<StationFigures> => {
      process.stderr.write(`${database}, ${resources} records, ${sealing ? "sealed" : "plain"} …\n`);
      return benchStation({ database, resources, sealing, clients: Number(values.clients), seconds: Number(values.seconds) });
    };
    const plain = await run(false);
    const sealed = await run(true);
    for (const what of measured) {
      const { perSecond, p50, p95 } = sealed.loads[what];
      rows.push({
        database,
        records: resources,
        what,
        "sealed /s": Math.round(perSecond),
        "plain /s": Math.round(plain.loads[what].perSecond),
        "sealed : plain": round(perSecond / plain.loads[what].perSecond, 2),
        "p50 ms": round(p50, 2),
        "p95 ms": round(p95, 2),
      });
    }
    rows.push({
      database,
      records: resources,
      what: "memory, MiB: idle, after",
      "sealed /s": sealed.idle,
      "plain /s": sealed.after,
    });
  }
}
process.stdout.write(`${JSON.stringify(rows)}\n`);
