import { defineConfig } from "vitest/config";

/** A real Jitsi with the rendered files: run by `yizhan test --jitsi` only, and never counted where no Jitsi is. */
export default defineConfig({
  test: { include: ["tests/jitsi/*.jitsi.ts"], testTimeout: 240_000, hookTimeout: 240_000, maxWorkers: 1, bail: 0 },
});
