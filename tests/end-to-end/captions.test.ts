import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, screenshot } from "../support/browser.ts";
import { type Local, runKit, startLocal } from "../support/local.ts";
import { account, askForCare, signIn } from "../support/patients.ts";

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

    const receipt = await askForCare(url);
    const playing = runKit(["play", "MZ", "consult", "--data", local.data, "--session", "visit-1"]);
    try {
      await page.locator(".session", { hasText: "Dr Lin" }).getByRole("button").click({ timeout: 60_000 });
      // An interim is seen before its final: the line is there while it is still being spoken.
      await page.locator(".line[data-final=false]").first().waitFor({ timeout: 60_000 });
      // The patient agrees: what is said from here on is in the record, what was said before is not.
      await page.getByRole("button", { name: "Keep in the record" }).click();
      const asked = page.getByRole("dialog", { name: "Keep this conversation?" });
      await asked.getByLabel("Case number").fill(receipt.caseNumber);
      await asked.getByLabel("I asked, and they agreed").check();
      await screenshot(page, "booth-keep");
      await asked.getByRole("button", { name: "Keep from now on" }).click();
      await page.getByText(`Kept in ${receipt.caseNumber}`).waitFor();
      const translated = page.locator(".line[data-final=true] .translated");
      await translated.nth(7).waitFor({ timeout: 120_000 });
      await page.locator(".strip-pin", { hasText: /39/ }).first().waitFor({ timeout: 60_000 });
      await screenshot(page, "booth-live");
      const lines = await page.locator(".line[data-final=true]").evaluateAll((all) => all.map((line) => line.textContent ?? ""));
      expect(lines.some((line) => /febre/i.test(line) && /fever/i.test(line))).toBe(true);
      expect(lines.some((line) => /temperature/i.test(line) && /temperatura/i.test(line))).toBe(true);
      const last = page.locator(".line[data-final=true]").last();
      await last.getByRole("button", { name: "Correct" }).click();
      await page.getByRole("dialog", { name: "What was really said?" }).getByRole("textbox").fill("Sou alérgica à penicilina.");
      await page.getByRole("button", { name: "Show the correction" }).click();
      await page.getByText(`Corrected by ${interpreter.name}`).waitFor();
      const desk = await signIn(url, account({ staff }, "coordinator"));
      const { cases } = await desk.get<{ cases: { id: string }[] }>(`/api/cases?caseNumber=${receipt.caseNumber}`);
      const kept = async () =>
        (await desk.get<{ lines: { correctedBy?: string; translations: unknown[] }[] }>(`/api/cases/${cases[0]?.id}/transcript`))
          .lines;
      await expect
        .poll(async () => (await kept()).some((line) => line.correctedBy !== undefined), { timeout: 10_000 })
        .toBe(true);
      expect((await kept()).filter((line) => line.translations.length > 0).length).toBeGreaterThan(3);
      await page.setViewportSize({ width: 360, height: 740 });
      await screenshot(page, "booth-live-360");
    } finally {
      playing.process.kill("SIGINT");
    }
  }, 300_000);
}, 400_000);
