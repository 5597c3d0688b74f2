import { randomBytes, randomUUID } from "node:crypto";
import { availableParallelism, cpus, loadavg } from "node:os";
import { join } from "node:path";
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
import { finalsOf, type MatrixRun } from "./matrix.ts";
import { type MatrixRow, matrixTable, matrixVerdicts } from "./matrix-table.ts";
import { benchOptions } from "./options.ts";
import { runMatrix } from "./run-matrix.ts";
import { type BenchRow, benchTable } from "./table.ts";

/**
 * `node apps/speech/src/bench/main.ts [--json] [--models DIR] [--hear pt=MODEL] [--heard] [name+name …]`: plays recordings into a
 * service of its own in real time and prints how late and how well they were heard; `--heard` adds every turn.
 * `--matrix [--speakers 1,2,4,8] [--casts en,pt,mixed] [--networks dtx,sent,dtx-loss,sent-loss] [--seconds N]`: so many people of
 * the recordings at once, over each kind of network, and with how many it breaks.
 */
const options = readOptions();
const routes = { ...recordedSpeech, hear: { ...recordedSpeech.hear, ...options.hear } };
const engines = await openEngines({ models: options.models ?? (await testModels()), speech: routes });
const terms = clinicalTerms(join(import.meta.dirname, "../../../../locales"));
terms.warm(Object.keys(routes.hear));
const token = randomBytes(24).toString("base64url");
const log = createLog("speech", "silent");
const speech = speechApp({ engines, terms, token, log, version: "bench" });
const { app, upgrade, close } = speech;
const server = await serveNode({ app, host: "127.0.0.1", port: 0, log, upgrade, close });

const machine = { cores: availableParallelism(), processor: cpus()[0]?.model ?? "unknown" };
const figures = options.matrix === undefined ? await playRecordings() : await playMatrix(options.matrix);
process.stdout.write(
  options.json
    ? `${JSON.stringify({ machine, rows: figures.rows }, null, 2)}\n`
    : `${machine.cores} cores, ${machine.processor}; lags p50 / p95\n\n${figures.text}\n`,
);
await server.close();

async function playRecordings(): Promise<{ rows: readonly BenchRow[]; text: string }> {
  const rows: BenchRow[] = [];
  for (const names of options.recordings) {
    const recordings = await Promise.all(names.map(recorded));
    const before = loadavg()[0] ?? 0;
    const result = await benchReplay({ url: server.url, token, session: randomUUID(), recordings });
    const after = loadavg()[0] ?? 0;
    const offline = [];
    for (const recording of recordings) offline.push(...(await hearOffline(recording, engines.hearing, terms.prompt)));
    const { turns, commits: _commits, worstLate: _late, ...rest } = result;
    rows.push({ recordings: names, ...rest, finals: finalsOf(turns), accuracy: accuracy(turns, offline), load: [before, after] });
    if (!options.heard) continue;
    for (const [index, { language, said, heard, firstMs, finalMs }] of turns.entries()) {
      const lags = [firstMs, finalMs].map((ms) => (ms === undefined ? "–" : `${(ms / 1_000).toFixed(2)} s`)).join(", ");
      const leisure = offline[index]?.heard ?? "";
      process.stderr.write(`${language} ${lags}\n  said     ${said}\n  live     ${heard}\n  leisure  ${leisure}\n`);
    }
  }
  return { rows, text: benchTable(rows) };
}

async function playMatrix(runs: readonly MatrixRun[]): Promise<{ rows: readonly MatrixRow[]; text: string }> {
  const rows: MatrixRow[] = [];
  const onRow = (row: MatrixRow) => {
    rows.push(row);
    // A matrix takes an hour: what is known is said, and kept where it is broken off.
    process.stderr.write(`${rows.length} of ${runs.length}\n${matrixTable([row]).split("\n").at(-1) ?? ""}\n`);
  };
  const { seconds } = options;
  await runMatrix({ url: server.url, token, engines, prompt: terms.prompt, runs, seconds, onRow });
  return { rows, text: `${matrixTable(rows)}\n\n${matrixVerdicts(rows)}` };
}

function readOptions() {
  try {
    return benchOptions(process.argv.slice(2));
  } catch (error) {
    if (!(error instanceof RangeError || error instanceof TypeError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(2);
  }
}
