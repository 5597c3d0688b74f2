import { access } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Browser, buildPages, openBrowser, remove } from "../../apps/web/testing/browser.ts";
import { answerAll } from "../../apps/web/testing/care-walk.ts";
import { type Fake, startFake } from "../../apps/web/testing/fake.ts";
import { screenshot } from "../support/browser.ts";
import { root } from "../support/local.ts";

/** The care page in scripts that are hard to set, on a small phone; the pictures are for people to look at. */

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

const wanted = ["zh", "ar", "ur", "km", "my", "am", "ka", "mn", "th", "ru"];
const there = await Promise.all(
  wanted.map((tag) =>
    access(join(root, "locales", tag, "care.json")).then(
      () => true,
      () => false,
    ),
  ),
);
const tags = wanted.filter((_, at) => there[at]);

test.each(tags)("in %s nothing scrolls sideways or is cut at 360 px", async (tag) => {
  const page = await browser.open(`${station.url}/?lang=${tag}`);
  /** Elements whose own text is wider than they are, or that stand outside of the window. */
  const wide = () =>
    page.evaluate(() => {
      const window = document.documentElement.clientWidth;
      const cut = [...document.querySelectorAll("main *")].filter((element) => {
        const box = element.getBoundingClientRect();
        return box.width > 1 && (box.left < -1 || box.right > window + 1);
      });
      return {
        over: Math.max(0, document.documentElement.scrollWidth - window),
        cut: cut.map((element) => element.outerHTML.slice(0, 120)),
      };
    });
  await page.locator(".door.main").waitFor();
  expect(await page.locator("html").getAttribute("lang")).toBe(tag);
  expect(await wide()).toEqual({ over: 0, cut: [] });
  await screenshot(page, `care-${tag}-home`);
  await answerAll(page, "consent");
  expect(await wide()).toEqual({ over: 0, cut: [] });
  await screenshot(page, `care-${tag}-consent`);
});
