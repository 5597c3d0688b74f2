import type { Page } from "playwright-core";

export const next = (page: Page) => page.locator(".ways button[type=submit]").click();

/** Answers every question in whatever language the page speaks, and stops before the one named. */
export async function answerAll(page: Page, until: "consent" | "review" = "review"): Promise<void> {
  await page.locator(".door.main").click();
  await page.locator(".area input").nth(2).check();
  await page.locator("textarea").fill("Dor forte quando respiro.");
  await next(page);
  await page.locator("input[name=since]").nth(2).check();
  await next(page);
  await page.locator(".level[data-level='7']").click();
  await next(page);
  await page.locator("input[name=allergies]").nth(0).check();
  await next(page);
  await page.locator("input[name=medicines]").nth(1).check();
  await page.locator("textarea").fill("Amlodipina 5 mg");
  await next(page);
  await page.locator("input[autocomplete=name]").fill("Ana Machava");
  await page.locator("input[type=tel]").fill("+258 84 123 4567");
  await page.locator("input[autocomplete=bday-year]").fill("1968");
  await page.locator("main input[type=checkbox]").check();
  await next(page);
  await page.locator(".consent").first().waitFor();
  if (until === "consent") return;
  await page.locator("main input[type=checkbox]").check();
  await next(page);
  await page.locator(".review").waitFor();
}
