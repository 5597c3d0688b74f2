import { readFileSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { check } from "./check.ts";
import type { FlagCode } from "./types.ts";

/** One pair of the adversarial set (`cases/*.json`). */
const caseSchema = z.object({
  from: z.string(),
  to: z.string(),
  source: z.string(),
  target: z.string(),
  /** What a good check would say; empty where the translation is right. */
  expect: z.array(z.string()),
  /** Could this mistake hurt somebody? */
  critical: z.boolean(),
  kind: z.string(),
  /** Publication that reports this kind of failure. */
  reported: z.string().optional(),
});
export type Case = z.infer<typeof caseSchema> & { heldOut: boolean };

export interface Score {
  cases: number;
  critical: number;
  correct: number;
  /** Critical errors that no flag at all stands on, in percent of the critical ones. */
  silentCritical: number;
  /** Correct pairs with a flag, in percent of the correct ones. */
  falseFlags: number;
  /** Critical errors flagged with the code that names them, in percent. */
  named: number;
  /** Processor milliseconds for one pair (other work on the machine does not count), both sides read and compared. */
  msPerPair: number;
  failures: { case: Case; flags: FlagCode[] }[];
}

const folder = fileURLToPath(new URL("../cases/", import.meta.url));

/** All cases; files called `held-out-…` were written before tuning ended and scored only afterwards. */
export function loadCases(directory: string = folder): Case[] {
  return readdirSync(directory)
    .filter((name) => name.endsWith(".json"))
    .toSorted()
    .flatMap((name) =>
      z
        .array(caseSchema)
        .parse(JSON.parse(readFileSync(`${directory}${name}`, "utf8")))
        .map((one) => Object.assign(one, { heldOut: name.startsWith("held-out") })),
    );
}

const percent = (part: number, whole: number): number => (whole === 0 ? 0 : Math.round((part / whole) * 10_000) / 100);

/** Runs the checks over cases and counts what they miss and what they cry about for nothing. */
export function scoreCases(cases: readonly Case[]): Score {
  const critical = cases.filter((c) => c.critical);
  const correct = cases.filter((c) => c.expect.length === 0);
  let silent = 0;
  let cried = 0;
  let named = 0;
  const failures: Score["failures"] = [];
  const started = process.cpuUsage();
  for (const one of cases) {
    const flags = check({ text: one.source, language: one.from }, { text: one.target, language: one.to }).map((f) => f.code);
    const missed = one.critical && flags.length === 0;
    const wrong = one.expect.length === 0 && flags.length > 0;
    if (missed) silent += 1;
    if (wrong) cried += 1;
    if (one.critical && flags.some((f) => one.expect.includes(f))) named += 1;
    if (missed || wrong) failures.push({ case: one, flags });
  }
  const used = process.cpuUsage(started);
  const elapsed = (used.user + used.system) / 1000;
  return {
    cases: cases.length,
    critical: critical.length,
    correct: correct.length,
    silentCritical: percent(silent, critical.length),
    falseFlags: percent(cried, correct.length),
    named: percent(named, critical.length),
    msPerPair: cases.length === 0 ? 0 : Math.round((elapsed / cases.length) * 1000) / 1000,
    failures,
  };
}
