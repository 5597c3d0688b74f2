import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FakeJitsi, startFakeJitsi } from "../../apps/web/testing/fake-jitsi.ts";
import { openBrowser, screenshot } from "../support/browser.ts";
import { type Local, runKit, startLocal } from "../support/local.ts";
import { account, askForCare, signIn } from "../support/patients.ts";

/**
 * A visit of three in real browsers: the patient waits and is called, the interpreter comes in. The Jitsi that the pages
 * embed is a stand-in, so the sound is `yizhan play MZ consult`: real speech, real translation.
 */

describe("a conversation in English and Portuguese", () => {
  let local: Local;
  let browser: Awaited<ReturnType<typeof openBrowser>>;
  let jitsi: FakeJitsi;

  beforeAll(async () => {
    jitsi = await startFakeJitsi();
    [local, browser] = await Promise.all([startLocal({ countries: ["MZ"], meet: jitsi.url }), openBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await local.stop();
    await local.remove();
    await jitsi.close();
  });

  it("is captioned and translated both ways in the booth while it is spoken", async () => {
    const { url, staff } = local.node("MZ");
    const interpreter = account({ staff }, "interpreter");
    const page = await browser.open(`${url}/booth?lang=en`, { width: 1280, height: 860 });
    await page.locator("input[name=name]").fill(interpreter.name);
    await page.locator("input[name=passphrase]").fill(interpreter.passphrase);
    await page.locator("button[type=submit]").click();

    const receipt = await askForCare(url);
    const patient = await browser.open(`${url}/?lang=pt`);
    await patient.context().grantPermissions(["microphone", "camera"]);
    await patient.locator(".door").nth(1).click();
    await patient.locator(".code").first().fill(receipt.caseNumber);
    await patient.locator(".code").nth(1).fill(receipt.accessCode);
    await patient.getByRole("button", { name: "Abrir o meu registo" }).click();
    await patient.getByRole("button", { name: "Falar com o médico" }).click();
    await patient.getByText("Espere, por favor.").waitFor();

    const doctor = await browser.open(`${url}/desk?lang=en`, { width: 1280, height: 860 });
    const clinician = account({ staff }, "clinician");
    await doctor.locator("input[name=name]").fill(clinician.name);
    await doctor.locator("input[name=passphrase]").fill(clinician.passphrase);
    await doctor.locator("button[type=submit]").click();
    await doctor.locator(".case-row", { hasText: "The patient is waiting" }).click();
    await doctor.getByRole("button", { name: "Call the patient" }).click();
    await doctor.frameLocator(".meeting iframe").getByText("Sound and picture, en").waitFor();
    await patient.getByRole("button", { name: "Entrar na chamada" }).click();
    await patient.frameLocator(".meeting iframe").getByText(", pt").waitFor();
    await doctor.getByText("The patient is in the call").first().waitFor();
    const { cookie } = await signIn(url, clinician);
    const all = (await (await fetch(`${url}/api/cases`, { headers: { cookie } })).json()) as { cases: { id: string }[] };
    const state = await fetch(`${url}/api/cases/${all.cases[0]?.id}/call`, { headers: { cookie } });
    const { call } = (await state.json()) as { call: { room: string } };
    const playing = runKit(["play", "MZ", "consult", "--data", local.data, "--session", call.room]);
    try {
      await page.locator(".session", { hasText: "Dr Lin" }).getByRole("button").click({ timeout: 60_000 });
      await page.getByRole("button", { name: "Join the call" }).click();
      await page.frameLocator(".meeting iframe").getByText("Sound and picture, en").waitFor();
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
      // What the doctor says in English stands before the patient in Portuguese.
      await patient
        .locator(".caption:not(.own) p", { hasText: /temperatura/i })
        .first()
        .waitFor();
      await screenshot(patient, "call-patient-live");
      await screenshot(doctor, "call-desk-live");
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
      await doctor.getByRole("button", { name: "End the call" }).click();
      await doctor.getByRole("dialog").getByRole("button", { name: "End the call" }).click();
      await patient.getByText("A chamada terminou.").waitFor();
      await page.setViewportSize({ width: 360, height: 740 });
      await screenshot(page, "booth-live-360");
    } finally {
      playing.process.kill("SIGINT");
    }
  }, 300_000);
}, 400_000);
