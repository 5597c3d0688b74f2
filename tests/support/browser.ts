import { mkdir } from "node:fs/promises";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { root } from "./local.ts";

export { openBrowser } from "../../apps/web/testing/browser.ts";

/** Kept for people to look at: `.yizhan/screens/<name>.png`. */
export async function screenshot(page: Page, name: string): Promise<void> {
  const folder = join(root, ".yizhan/screens");
  await mkdir(folder, { recursive: true });
  await page.screenshot({ path: join(folder, `${name}.png`), fullPage: true });
}
