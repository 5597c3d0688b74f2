import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BrowserContext, chromium, type Page } from "playwright-core";
import { build } from "vite";

/** Builds the pages with the pseudo-locales into a folder of its own. */
export async function buildPages(): Promise<string> {
  const outDir = await mkdtemp(join(tmpdir(), "yizhan-pages-"));
  await build({
    root: join(import.meta.dirname, ".."),
    mode: "testing",
    logLevel: "error",
    build: { outDir, emptyOutDir: true },
  });
  return outDir;
}

export interface Browser {
  open(url: string, options?: { width?: number; height?: number; dark?: boolean }): Promise<Page>;
  close(): Promise<void>;
}

const flags = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Debian's Chromium. Every page has storage of its own; an error on the page fails the test that reads `errors`. */
export async function openBrowser(): Promise<Browser> {
  const browser = await chromium.launch({ executablePath: "/usr/bin/chromium", args: flags });
  const contexts: BrowserContext[] = [];
  return {
    async open(url, { width = 360, height = 740, dark = false } = {}) {
      const context = await browser.newContext({
        viewport: { width, height },
        colorScheme: dark ? "dark" : "light",
        locale: "en-GB",
      });
      contexts.push(context);
      const page = await context.newPage();
      await page.goto(url);
      return page;
    },
    async close() {
      await Promise.all(contexts.map((context) => context.close()));
      await browser.close();
    },
  };
}

export const remove = (directory: string) => rm(directory, { recursive: true, force: true });
