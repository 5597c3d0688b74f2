import { afterAll, beforeAll, expect, test } from "vitest";
import { type Browser, buildPages, openBrowser, remove } from "../../apps/web/testing/browser.ts";
import { answerAll } from "../../apps/web/testing/care-walk.ts";
import { type Fake, startFake } from "../../apps/web/testing/fake.ts";
import { screenshot } from "../support/browser.ts";
import { cutText, fontsUsed, missingLetters } from "./letters.ts";

/** The care page on a small phone, in the fonts of Debian's fonts-noto; the pictures are for people to look at. */

let dist: string;
let station: Fake;
let browser: Browser;
beforeAll(async () => {
  dist = await buildPages();
  [station, browser] = await Promise.all([startFake(dist, "station"), openBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await station.close();
  await remove(dist);
});

/** Chinese, then each script that is hard to set: joined, stacked, without spaces, or simply wide. */
const tags = ["zh", "ar", "ur", "km", "my", "am", "ka", "mn", "th", "ru"];

test.each(tags)("in %s nothing scrolls sideways, is cut or lacks its letters at 360 px", async (tag) => {
  const page = await browser.open(`${station.url}/?lang=${tag}`);
  const look = async (name: string) => {
    const over = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth);
    expect({ name, over, cut: await cutText(page), missing: await missingLetters(page) }).toEqual({
      name,
      over: 0,
      cut: [],
      missing: [],
    });
    expect((await fontsUsed(page)).filter((font) => !font.startsWith("Noto "))).toEqual([]);
  };
  await page.locator(".door.main").waitFor();
  expect(await page.locator("html").getAttribute("lang")).toBe(tag);
  await look("home");
  await screenshot(page, `care-${tag}-home`);
  await answerAll(page, "consent");
  await look("consent, upper part");
  await screenshot(page, `care-${tag}-consent`);
  await page.locator(".ways button[type=submit]").scrollIntoViewIfNeeded();
  await look("consent, lower part");
  await screenshot(page, `care-${tag}-consent-lower`);
});

test("a cut line and a letter without a font are seen", async () => {
  const page = await browser.open(`${station.url}/?lang=en`);
  await page.locator(".door.main").waitFor();
  await page.evaluate(() => {
    const narrow = document.createElement("p");
    narrow.textContent = "Too long for its box \u0378";
    narrow.style.cssText = "width: 60px; white-space: nowrap; overflow: hidden";
    document.querySelector("main")?.append(narrow);
  });
  expect(await cutText(page)).toEqual(["Too long for its box \u0378"]);
  expect(await missingLetters(page)).toEqual(["\u0378"]);
});
