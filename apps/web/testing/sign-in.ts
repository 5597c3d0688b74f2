import type { Page } from "playwright-core";

export async function signIn(page: Page, passphrase = "correct horse", name = "lin"): Promise<void> {
  await page.locator("input[name=name]").fill(name);
  await page.locator("input[name=passphrase]").fill(passphrase);
  await page.locator("button[type=submit]").click();
}
