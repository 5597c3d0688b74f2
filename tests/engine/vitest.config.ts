import { defineConfig } from "vitest/config";

/** The real engine against a booted host: run by `yizhan test --engine` only, and never counted where no engine is. */
export default defineConfig({
  test: { include: ["tests/engine/*.engine.ts"], testTimeout: 120_000, hookTimeout: 180_000, maxWorkers: 1, bail: 0 },
});
