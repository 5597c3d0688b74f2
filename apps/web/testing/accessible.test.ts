import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Browser, buildPages, openBrowser, remove } from "./browser.ts";
import { answerAll } from "./care-walk.ts";
import { type Fake, startFake } from "./fake.ts";
import { good as faults } from "./look.ts";
import { signIn } from "./sign-in.ts";

let dist: string;
let station: Fake;
let hub: Fake;
let browser: Browser;
beforeAll(async () => {
  dist = await buildPages();
  [station, hub, browser] = await Promise.all([startFake(dist, "station"), startFake(dist, "hub"), openBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await Promise.all([station.close(), hub.close()]);
  await remove(dist);
});

async function good(page: Page): Promise<void> {
  expect(await faults(page)).toEqual([]);
}

/** A language from left to right, one of East Asia, one from right to left, and one a third longer. */
describe.each(["en", "zh", "ar-XB", "en-XA"])("in %s, with WCAG 2.2 AA", (tag) => {
  test("the care page from language to receipt", async () => {
    const page = await browser.open(`${station.url}/?lang=${tag}`, { dark: tag === "zh" });
    await page.locator(".door.main").waitFor();
    await good(page);
    await page.locator(".door").nth(1).click();
    await page.locator(".code").first().waitFor();
    await page.locator(".ways .main").click();
    await good(page);
    await page.goBack();
    await answerEach(page);
    await page.locator(".receipt").waitFor();
    await good(page);
  });

  test("the desk", async () => {
    const page = await browser.open(`${station.url}/desk?lang=${tag}`, { dark: tag === "ar-XB" });
    await page.locator("input[name=name]").waitFor();
    await good(page);
    await signIn(page);
    await page.locator(".case-row").first().waitFor();
    await good(page);
    await page.locator(".case-row").first().click();
    await page.locator(".facts").waitFor();
    await good(page);
    await page.locator(".holder .button").first().click();
    await page.keyboard.press("Escape");
    await good(page);
    await page.locator(".desk-case > .stack > div > .button").last().click();
    await page.locator("dialog[open]").waitFor();
    await page.locator("dialog .main").click();
    await good(page);
  });

  test("the desk's other pages, for an administrator", async () => {
    const page = await browser.open(`${station.url}/desk?lang=${tag}`, { dark: tag === "zh" });
    await signIn(page, "correct horse", "admin");
    for (const name of ["notices", "audit", "people", "applications", "guard", "account"]) {
      await page.goto(`${station.url}/desk?lang=${tag}#${name}`);
      await page.locator(`.desk-tabs [aria-current][href="#${name}"]`).waitFor();
      await page.locator(".desk-page :is(li, td, section)").first().waitFor();
      await good(page);
    }
    await page.goto(`${station.url}/desk?lang=${tag}#people`);
    await page.locator(".desk-page > div > .button").first().click();
    await page.locator("dialog[open]").waitFor();
    await good(page);
  });

  test("a prescription's form, and the pharmacist's page", async () => {
    const page = await browser.open(`${station.url}/desk?lang=${tag}#case/c2`, { dark: tag === "en" });
    await signIn(page);
    await page.locator(".sheet h3 ~ div > .button").last().click();
    await page.locator("dialog[open] .pair").waitFor();
    await page.locator("dialog[open] input[type=number]").first().fill("2");
    for (const choice of await page.locator("dialog[open] select").all()) await choice.selectOption({ index: 1 });
    await page.locator("dialog[open] .note.good").waitFor();
    await good(page);
    await page.locator("dialog[open] .main").click();
    await page.locator("dialog[open] .wrong").first().waitFor();
    await good(page);
    const other = await browser.open(`${station.url}/desk?lang=${tag}`, { dark: tag === "ar-XB" });
    await signIn(other, "correct horse", "pharmacist");
    await other.locator(".desk-page .facts").waitFor();
    await good(other);
    await other.locator(".desk-page .button.grave").first().click();
    await other.locator("dialog[open]").waitFor();
    await good(other);
  });

  test("one's own record", async () => {
    const page = await browser.open(`${station.url}/?lang=${tag}`, { dark: tag === "en" });
    await page.locator(".door").nth(1).click();
    await page.locator(".code").first().fill("MZ-7K2M-9QXA");
    await page.locator(".code").nth(1).fill("48310927");
    await page.locator("form .stack .button").last().click();
    await page.locator(".new-code").waitFor();
    await page.getByText("Amlodipina").waitFor();
    await good(page);
    await page.locator("section .button.small").click();
    await page.locator("dialog[open]").waitFor();
    await good(page);
  });

  test("the booth", async () => {
    const page = await browser.open(`${station.url}/booth?lang=${tag}`, { dark: tag === "en-XA" });
    await signIn(page);
    await page.locator(".session").waitFor();
    await good(page);
    await page.locator(".session .main").click();
    await page.locator(".flags").waitFor();
    await good(page);
  });

  test("the fleet", async () => {
    const page = await browser.open(`${hub.url}/?lang=${tag}`, { dark: tag === "en" });
    await signIn(page);
    await page.locator(".stations").waitFor();
    await good(page);
  });
});

async function answerEach(page: Page): Promise<void> {
  await answerAll(page);
  await good(page);
  // Back through every question, answered as it is, to the first.
  for (let step = 7; step > 0; step -= 1) {
    await page.locator(".ways .button").first().click();
    await page.locator(`progress[value="${step}"]`).waitFor();
    await good(page);
  }
  for (let step = 2; step <= 8; step += 1) {
    await page.locator(".ways .main").click();
    await page.locator(`progress[value="${step}"]`).waitFor();
  }
  await page.locator(".ways .main").click();
}

describe("type at 200 %", () => {
  test("fits a phone without scrolling sideways", async () => {
    const page = await browser.open(`${station.url}/?lang=pt`);
    await page.evaluate(() => localStorage.setItem("yizhan.text-size", "200"));
    await page.reload();
    await answerAll(page);
    await good(page);
  });
});

describe("the pseudo-locale", () => {
  test("leaves no English on any page: every text is translated", async () => {
    const page = await browser.open(`${station.url}/?lang=en-XA`);
    await answerAll(page, "consent");
    expect(await english(page)).toEqual([]);
    const booth = await browser.open(`${station.url}/booth?lang=en-XA`, { width: 1280, height: 860 });
    expect(await english(booth)).toEqual([]);
  });
});

/** Words in plain Latin letters that a reader sees, outside of what people wrote and of names. */
const english = (page: Page) =>
  page.evaluate(() => {
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    const found: string[] = [];
    for (let node = walker.nextNode(); node !== null; node = walker.nextNode()) {
      const text = (node.textContent ?? "").replace("Mozambique", "");
      const outside =
        node.parentElement?.closest("bdi, [data-private], option, noscript, script, .beside, .care-head .button") ?? null;
      if (outside === null && /\b[a-z]{3,}\b/i.test(text)) found.push(text.trim());
    }
    return found;
  });
