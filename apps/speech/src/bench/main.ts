import { randomBytes, randomUUID } from "node:crypto";
import { availableParallelism, cpus, loadavg } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import { createLog, serveNode } from "@yizhan/http";
import { testModels } from "@yizhan/models/testing";
import { speechApp } from "../app.ts";
import { clinicalTerms } from "../captions/clinical-terms.ts";
import { openEngines } from "../engines/index.ts";
import { accuracy } from "./accuracy.ts";
import { hearOffline } from "./offline.ts";
import { recorded } from "./recorded.ts";
import { benchReplay } from "./replay.ts";
import { recordedSpeech } from "./speech-routes.ts";
import { type BenchRow, benchTable } from "./table.ts";

/**
 * `node apps/speech/src/bench/main.ts [--json] [--models DIR] [--heard] [name+name …]`: plays recordings into a service
 * of its own in real time and prints how late and how well they were heard; `--heard` adds every turn.
 */
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean" }, heard: { type: "boolean" }, models: { type: "string" } },
});
const usual = ["librivox-en", "asterisk-es", "consult-en-pt", "consult-zh-en", "consult-en-pt+consult-zh-en"];
const runs = (positionals.length > 0 ? positionals : usual).map((names) => names.split("+"));

const engines = await openEngines({ models: values.models ?? (await testModels()), speech: recordedSpeech });
const terms = clinicalTerms(join(import.meta.dirname, "../../../../locales"));
terms.warm(Object.keys(recordedSpeech.hear));
const token = randomBytes(24).toString("base64url");
const log = createLog("speech", "silent");
const speech = speechApp({ engines, terms, token, log, version: "bench" });
const { app, upgrade, close } = speech;
const server = await serveNode({ app, host: "127.0.0.1", port: 0, log, upgrade, close });

const rows: BenchRow[] = [];
for (const names of runs) {
  const recordings = await Promise.all(names.map(recorded));
  const before = loadavg()[0] ?? 0;
  const result = await benchReplay({ url: server.url, token, session: randomUUID(), recordings });
  const after = loadavg()[0] ?? 0;
  const offline = [];
  for (const recording of recordings) offline.push(...(await hearOffline(recording, engines.hearing, terms.prompt)));
  const { turns, commits: _commits, worstLate: _late, ...figures } = result;
  rows.push({ recordings: names, ...figures, accuracy: accuracy(turns, offline), load: [before, after] });
  if (!values.heard) continue;
  for (const [index, { language, said, heard }] of turns.entries()) {
    process.stderr.write(`${language}\n  said     ${said}\n  live     ${heard}\n  leisure  ${offline[index]?.heard ?? ""}\n`);
  }
}
const machine = { cores: availableParallelism(), processor: cpus()[0]?.model ?? "unknown" };
process.stdout.write(
  values.json
    ? `${JSON.stringify({ machine, rows }, null, 2)}\n`
    : `${machine.cores} cores, ${machine.processor}; lags p50 / p95\n\n${benchTable(rows)}\n`,
);
await server.close();
