import { defineConfig } from "vitest/config";

/** The pages in a real browser, against real servers: one file after the other, since each has a machine's work to do. */
export default defineConfig({
  test: { include: ["e2e/**/*.test.ts"], testTimeout: 90_000, hookTimeout: 120_000, fileParallelism: false },
});
