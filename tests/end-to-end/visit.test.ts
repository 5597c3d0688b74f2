import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { answerAll } from "../../apps/web/testing/care-walk.ts";
import { openBrowser, screenshot } from "../support/browser.ts";
import { type Local, startLocal } from "../support/local.ts";
import { account } from "../support/patients.ts";

/** The README's first command, and each person it names, in a real browser. */

const wide = { width: 1280, height: 860 };

describe("a visit, from the phone to the hub", () => {
  let local: Local;
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  let caseNumber = "";
  let accessCode = "";

  beforeAll(async () => {
    [local, browser] = await Promise.all([startLocal(), openBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await local.stop();
    await local.remove();
  });

  const signedIn = async (url: string, where: { name: string; passphrase: string }) => {
    const page = await browser.open(url, wide);
    await page.locator("input[name=name]").fill(where.name);
    await page.locator("input[name=passphrase]").fill(where.passphrase);
    await page.locator("button[type=submit]").click();
    return page;
  };

  it("a worker asks for care in Portuguese on a 360-pixel phone and gets a case number", async () => {
    const page = await browser.open(`${local.node("MZ").url}/?lang=pt`);
    await screenshot(page, "care-pt-home");
    await answerAll(page, "consent");
    await screenshot(page, "care-pt-consent");
    await page.locator("main input[type=checkbox]").check();
    await page.locator(".ways button[type=submit]").click();
    await page.locator(".review").waitFor();
    await screenshot(page, "care-pt-review");
    await page.locator(".ways .button.main").click();
    const number = page.getByText(/^MZ-[0-9A-Z]{4}-[0-9A-Z]{4}$/);
    await number.waitFor();
    caseNumber = await number.innerText();
    accessCode = await page.locator(".receipt dd").nth(1).innerText();
    await screenshot(page, "care-pt-receipt");
  });

  it("another does so in Chinese", async () => {
    const page = await browser.open(`${local.node("MZ").url}/?lang=zh`);
    await screenshot(page, "care-zh-home");
    await answerAll(page, "consent");
    await screenshot(page, "care-zh-consent");
    await page.locator("main input[type=checkbox]").check();
    await page.locator(".ways button[type=submit]").click();
    await page.locator(".review").waitFor();
    await page.locator(".ways .button.main").click();
    await page.getByText(/^MZ-[0-9A-Z]{4}-[0-9A-Z]{4}$/).waitFor();
    await screenshot(page, "care-zh-receipt");
  });

  it("the clinician finds the case on the desk and opens it", async () => {
    const { url, staff } = local.node("MZ");
    const page = await signedIn(`${url}/desk?lang=en`, account({ staff }, "clinician"));
    await page.locator(".cases li").nth(1).waitFor();
    await screenshot(page, "desk-list");
    const search = page.getByRole("searchbox");
    await search.fill(caseNumber);
    await search.press("Enter");
    await page
      .getByRole("button", { name: /Ana Machava/ })
      .first()
      .click();
    await page.getByText("Dor forte quando respiro.").first().waitFor();
    await screenshot(page, "desk-case");
    await page.getByRole("button", { name: "Take this case" }).click();
    await page.getByText("Your case").waitFor();
    await screenshot(page, "desk-case-mine");
  });

  it("the worker opens the record with number and code, and gets the next code", async () => {
    const page = await browser.open(`${local.node("MZ").url}/?lang=pt`);
    await page.locator(".door").nth(1).click();
    await page.locator(".code").first().fill(caseNumber);
    await page.locator(".code").nth(1).fill(accessCode);
    await page.getByRole("button", { name: "Abrir o meu registo" }).click();
    await page.getByRole("heading", { name: "O meu resumo de saúde" }).waitFor();
    expect((await page.locator(".new-code").innerText()).trim()).not.toBe(accessCode);
    await screenshot(page, "care-pt-record");
  });

  it("the hub's operator sees the station healthy and two cases opened", async () => {
    const { url, staff } = local.node("CN");
    const page = await signedIn(`${url}/?lang=en`, account({ staff }, "operator"));
    await page.getByText("MZ").first().waitFor();
    await page.getByText("Healthy").first().waitFor();
    await screenshot(page, "fleet");
    expect(await page.locator("main").innerText()).toMatch(/\b2\b/);
  });

  it("status says that all is ready; a second up on the same data is refused", async () => {
    const status = await local.kit("status", "--json");
    expect(status.code).toBe(0);
    const { processes } = JSON.parse(status.output) as { processes: { name: string; state: string }[] };
    expect(processes.map(({ name, state }) => [name, state])).toEqual([
      ["CN hub", "ready"],
      ["MZ speech", "ready"],
      ["MZ station", "ready"],
    ]);
    const second = await local.kit("up", "CN", "MZ", "--local");
    expect(second.code).toBe(1);
    expect(second.output).toContain("already going on with this data");
  });

  it("Ctrl-C leaves nothing running, and a second start goes on with the data", async () => {
    const status = await local.kit("status", "--json");
    const { processes } = JSON.parse(status.output) as { processes: { pid: number }[] };
    expect(await local.stop()).toBe(0);
    for (const { pid } of processes) expect(existsSync(`/proc/${pid}`)).toBe(false);
    expect(existsSync(`${local.data}/local.json`)).toBe(false);

    local = await startLocal({ data: local.data, portBase: local.portBase });
    const { url, staff } = local.node("MZ");
    const page = await signedIn(`${url}/desk?lang=en`, account({ staff }, "clinician"));
    await page.locator(".cases li").nth(1).waitFor();
    const down = await local.kit("down");
    expect([down.code, down.output.trim()]).toEqual([0, "3 processes stopped"]);
  });
}, 300_000);
