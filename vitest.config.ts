import { defineConfig } from "vitest/config";
import LongestFirst from "./tests/support/longest-first.ts";

/** Speech in real time: hearing that shares its cores with other tests is late, and says nothing of hearing. */
const alone = ["apps/speech/src/recordings.test.ts", "tests/end-to-end/captions.test.ts", "tests/end-to-end/assisted.test.ts"];
const elsewhere = ["**/node_modules/**", "**/dist/**"];

export default defineConfig({
  test: {
    testTimeout: 30_000,
    hookTimeout: 120_000,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        extends: true,
        test: {
          name: "together",
          include: [
            "apps/**/*.test.ts",
            "apps/**/*.test.tsx",
            "packages/**/*.test.ts",
            "infra/**/*.test.ts",
            "tests/**/*.test.ts",
          ],
          exclude: [...elsewhere, ...alone],
          // Two cores: real servers and a real browser share them.
          maxWorkers: 2,
          sequence: { groupOrder: 0 },
        },
      },
      {
        extends: true,
        test: { name: "alone", include: alone, exclude: elsewhere, maxWorkers: 1, sequence: { groupOrder: 1 } },
      },
    ],
  },
});
