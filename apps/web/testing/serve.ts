import { join } from "node:path";
import { startFake } from "./fake.ts";

/** For looking at the pages by hand: a station at 20810 and a hub at 20800, from `dist-testing`. */
const dist = join(import.meta.dirname, "../dist-testing");
const servers = [await startFake(dist, "hub", 20_800), await startFake(dist, "station", 20_810)];
process.stdout.write(`${servers.map((server) => server.url).join("\n")}\n`);
