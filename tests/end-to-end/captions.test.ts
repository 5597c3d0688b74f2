import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, screenshot } from "../support/browser.ts";
import { type Local, runKit, startLocal } from "../support/local.ts";
import { account } from "../support/patients.ts";

/** `yizhan play MZ consult`, watched by the interpreter in a real browser: real speech, real translation. */

describe("a conversation in English and Portuguese", () => {
  let local: Local;
  let browser: Awaited<ReturnType<typeof openBrowser>>;

  beforeAll(async () => {
    [local, browser] = await Promise.all([startLocal({ countries: ["MZ"] }), openBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await local.stop();
    await local.remove();
  });

  it("is captioned and translated both ways in the booth while it is spoken", async () => {
    const { url, staff } = local.node("MZ");
    const interpreter = account({ staff }, "interpreter");
    const page = await browser.open(`${url}/booth?lang=en`, { width: 1280, height: 860 });
    await page.locator("input[name=name]").fill(interpreter.name);
    await page.locator("input[name=passphrase]").fill(interpreter.passphrase);
    await page.locator("button[type=submit]").click();

    const playing = runKit(["play", "MZ", "consult", "--data", local.data, "--session", "visit-1"]);
    try {
      await page.locator(".session", { hasText: "Dr Lin" }).getByRole("button").click({ timeout: 60_000 });
      // An interim is seen before its final: the line is there while it is still being spoken.
      await page.locator(".line[data-final=false]").first().waitFor({ timeout: 60_000 });
      const translated = page.locator(".line[data-final=true] .translated");
      await translated.nth(7).waitFor({ timeout: 120_000 });
      await page.locator(".strip-pin", { hasText: /39/ }).first().waitFor({ timeout: 60_000 });
      await screenshot(page, "booth-live");
      const lines = await page.locator(".line[data-final=true]").evaluateAll((all) => all.map((line) => line.textContent ?? ""));
      expect(lines.some((line) => /febre/i.test(line) && /fever/i.test(line))).toBe(true);
      expect(lines.some((line) => /temperature/i.test(line) && /temperatura/i.test(line))).toBe(true);
      await page.setViewportSize({ width: 360, height: 740 });
      await screenshot(page, "booth-live-360");
    } finally {
      playing.process.kill("SIGINT");
    }
  }, 300_000);
}, 400_000);
