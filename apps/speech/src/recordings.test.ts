import { join } from "node:path";
import { testModels } from "@yizhan/models/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accuracy } from "./bench/accuracy.ts";
import { benchReplay, hearOffline } from "./bench/index.ts";
import { recorded } from "./bench/recorded.ts";
import { recordedSpeech } from "./bench/speech-routes.ts";
import { clinicalTerms } from "./captions/clinical-terms.ts";
import { type Engines, openEngines } from "./engines/index.ts";
import { repeatedAt } from "./engines/hearing/repeats.ts";
import { startService, type TestService, testToken } from "./testing/service.ts";

/** Real engines, real time, as a bridge sends it. Nothing here asks how late a caption is: another process may be at work. */

const terms = clinicalTerms(join(import.meta.dirname, "../../../locales"));
let engines: Engines;
let service: TestService;

beforeAll(async () => {
  engines = await openEngines({ models: await testModels(), speech: recordedSpeech });
  service = await startService({ engines, terms });
}, 180_000);
afterAll(() => service.close());

async function play(names: string[], speakers?: string[]) {
  const recordings = await Promise.all(names.map(recorded));
  const result = await benchReplay({
    url: service.url,
    token: testToken,
    session: names.join("-"),
    recordings,
    requests: [],
    ...(speakers === undefined ? {} : { speakers }),
  });
  const heard = [];
  for (const { header, frames } of recordings) {
    const turns = header.turns.filter(({ speaker }) => speakers?.includes(speaker) ?? true);
    heard.push(...(await hearOffline({ header: { ...header, turns }, frames }, engines.hearing, terms.prompt)));
  }
  const rates = accuracy(result.turns, heard);
  const percent = (share: number) => `${(100 * share).toFixed(1)} %`;
  for (const { language, unit, turns, offline, streamed } of rates) {
    process.stdout.write(
      `${names.join(" + ")}: ${language}, ${turns} turns, ${unit} wrong: streamed ${percent(streamed)}, offline ${percent(offline)}\n`,
    );
  }
  return { result, rates };
}

test("read English is heard, live", { timeout: 180_000 }, async () => {
  const { result, rates } = await play(["librivox-en"]);
  expect(result.missed).toBe(0);
  expect(result.committedChanges).toBe(0);
  expect(rates[0]?.streamed).toBeLessThanOrEqual(0.15);
});

test("two patients at once, in Portuguese and Chinese, are heard live as well as at leisure", { timeout: 400_000 }, async () => {
  const { result, rates } = await play(["consult-en-pt", "consult-zh-en"], ["patient"]);
  expect(result.missed).toBe(0);
  expect(result.lostSegments).toBe(0);
  expect(result.committedChanges).toBe(0);
  expect(result.turns.filter(({ heard }) => repeatedAt(heard) !== undefined)).toEqual([]);
  expect(rates.map(({ language }) => language).toSorted()).toEqual(["pt", "zh"]);
  // No more than a tenth worse, each language by itself; the last digit of a division does not decide.
  for (const { language, streamed, offline } of rates) expect(streamed / offline, language).toBeLessThan(1.1 + 1e-9);
});
