import { svelte } from "@sveltejs/vite-plugin-svelte";
import { defineConfig } from "vitest/config";
import { shapes } from "./shapes.ts";

/** Whatever the pages ask, while they are worked on. */
const ASKED = ["/tallylog.v1", "/checkpoint", "/tile", "/log-key", "/policy", "/file"];
const SERVER = process.env["TALLYLOG_SERVER"] ?? "http://127.0.0.1:7420";

export default defineConfig({
  plugins: [svelte(), shapes()],
  // The build is committed, so its names and bytes depend on the sources alone. Nothing is inlined: the pages' policy
  // allows neither inline scripts nor inline styles.
  build: {
    outDir: "../dist",
    emptyOutDir: true,
    target: "es2022",
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
  },
  worker: { format: "es" },
  server: { proxy: Object.fromEntries(ASKED.map((path) => [path, SERVER])) },
  test: { include: ["tests/**/*.test.ts", "src/**/*.test.ts"], testTimeout: 120_000 },
});
