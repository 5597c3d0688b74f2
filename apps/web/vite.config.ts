import { fileURLToPath } from "node:url";
import { defineConfig } from "vite";
import { localeModules } from "./build/locale-modules.ts";
import { parserless } from "./build/parserless.ts";

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/** Each page is an entry of its own, so each role loads only its own code. `--mode testing` adds the pseudo-locales. */
export default defineConfig(({ mode }) => ({
  root: here("."),
  oxc: { jsx: { runtime: "automatic", importSource: "preact" } },
  plugins: [parserless(), localeModules({ directory: here("../../locales"), pseudo: mode !== "production" })],
  build: {
    outDir: "dist",
    emptyOutDir: true,
    target: "es2022",
    modulePreload: { polyfill: false },
    // The content security policy allows no data: fonts or scripts; nothing is inlined.
    assetsInlineLimit: 0,
    rollupOptions: { input: ["care", "desk", "booth", "fleet"].map((page) => here(`${page}.html`)) },
  },
}));
