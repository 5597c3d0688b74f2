import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { goodIntake, passphrase } from "../../apps/station/src/testing/station.ts";
import type { Browser } from "../../apps/web/testing/browser.ts";
import { good } from "../../apps/web/testing/look.ts";
import { signIn } from "../../apps/web/testing/sign-in.ts";
import { screenshot } from "../support/browser.ts";
import { stationWithPages } from "../support/station-pages.ts";

/** A clinician who writes in French, a pharmacist who reads Chinese on a phone, a patient: each in a browser, one station. */

let url: string;
let browser: Browser;
let end: () => Promise<void>;
beforeAll(async () => {
  ({ url, browser, end } = await stationWithPages("127.0.0.1"));
}, 60_000);
afterAll(() => end());

async function signedIn(name: string, path: string, size: { width: number; height: number }): Promise<Page> {
  const page = await browser.open(`${url}/desk?${path}`, size);
  await signIn(page, passphrase, name);
  return page;
}

async function write(page: Page, dose: string): Promise<void> {
  await page.getByRole("button", { name: "Prescrire" }).click();
  const form = page.getByRole("dialog");
  await form.getByText(goodIntake.allergies).waitFor();
  await form.getByLabel("Médicament", { exact: true }).fill("Amoxicilline 500 mg gélules");
  await form.getByLabel("Dose par prise").fill(dose);
  await form.getByLabel("Unité").selectOption("capsule");
  await form.getByLabel("Voie").selectOption("mouth");
  await form.getByLabel("Fréquence").selectOption("8-hours");
  await form.getByLabel("Pendant combien de jours").fill("7");
}

test(
  "a prescription is written, returned with a reason, written anew, accepted, and only then the patient's",
  { timeout: 120_000 },
  async () => {
    const intake = await fetch(`${url}/api/intake`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(goodIntake),
    });
    const receipt = (await intake.json()) as { caseNumber: string; accessCode: string };
    const [clinician, pharmacist] = [
      await signedIn("clinician", "lang=fr", { width: 1280, height: 860 }),
      await signedIn("pharmacist", "lang=zh", { width: 360, height: 740 }),
    ];
    await pharmacist.getByText("没有待审核的处方。").waitFor();
    await clinician.locator(".case-row").first().click();
    await clinician.locator(".holder .button").first().click();

    // Nothing is chosen beforehand: medicine, dose, unit, frequency, route and days are each asked for.
    const form = clinician.getByRole("dialog");
    await clinician.getByRole("button", { name: "Prescrire" }).click();
    await form.getByRole("button", { name: "Envoyer au pharmacien" }).click();
    await form.locator(".wrong").nth(5).waitFor();
    expect(await form.locator(".note.good").count()).toBe(0);
    await form.getByRole("button", { name: "Annuler" }).click();

    // What cannot be understood is not sent, and the form keeps what was written.
    await write(clinician, "0");
    await form.getByRole("button", { name: "Envoyer au pharmacien" }).click();
    await form.getByText("Écrivez un nombre supérieur à zéro.").waitFor();
    await form.getByLabel("Dose par prise").fill("0.5");
    await form.getByText("0,5 gélule · toutes les 8 heures · par la bouche · pendant 7 jours").waitFor();
    // And as the patient will read it.
    await form.getByText("0,5 cápsula · a cada 8 horas · pela boca · durante 7 dias").waitFor();
    expect(await good(clinician)).toEqual([]);
    await screenshot(clinician, "prescription-form");
    await form.getByRole("button", { name: "Envoyer au pharmacien" }).click();
    await clinician.getByText("Envoyée.").waitFor();
    await clinician.getByRole("button", { name: "Clore le dossier", disabled: true }).waitFor();
    await screenshot(clinician, "prescription-waits");

    // The pharmacist's page hears of it by itself, in the reader's language, with the patient's own words on allergies.
    await pharmacist.getByText("0.5 粒 · 每 8 小时一次 · 口服 · 共 7 天").first().waitFor();
    expect(await pharmacist.getByText(goodIntake.allergies).getAttribute("lang")).toBe("pt");
    expect(await pharmacist.getByText("cabeça").count()).toBe(0);
    expect(await good(pharmacist)).toEqual([]);
    await screenshot(pharmacist, "prescription-review");
    await pharmacist.getByRole("button", { name: "退回" }).click();
    const why = pharmacist.getByRole("dialog");
    await why.getByRole("button", { name: "退回" }).click();
    await why.locator(".wrong").waitFor();
    await why.getByRole("textbox").fill("患者对青霉素过敏,请更换其他抗菌药物。");
    expect(await good(pharmacist)).toEqual([]);
    await why.getByRole("button", { name: "退回" }).click();
    await pharmacist.getByText("没有待审核的处方。").waitFor();

    await clinician.getByText("患者对青霉素过敏,请更换其他抗菌药物。").waitFor();
    await clinician.locator(".case-row").getByText("Renvoyée par le pharmacien").waitFor();
    expect(await good(clinician)).toEqual([]);
    await screenshot(clinician, "prescription-returned");
    await clinician.getByRole("button", { name: "Retirer" }).click();
    await clinician.getByRole("dialog").getByRole("button", { name: "Retirer" }).click();
    await clinician.getByText("Terminée").waitFor();

    await write(clinician, "1");
    await form.getByLabel("Médicament", { exact: true }).fill("Azithromycine 500 mg");
    await form.getByRole("button", { name: "Envoyer au pharmacien" }).click();
    await pharmacist.getByText("Azithromycine 500 mg").first().waitFor();
    // The code that was spent is taken for ten minutes more.
    const openRecord = async () => {
      const page = await browser.open(`${url}/?lang=pt`);
      await page.locator(".door").nth(1).click();
      await page.locator(".code").first().fill(receipt.caseNumber);
      await page.locator(".code").nth(1).fill(receipt.accessCode);
      await page.getByRole("button", { name: "Abrir o meu registo" }).click();
      await page.getByRole("heading", { name: "O meu resumo de saúde" }).waitFor();
      return page;
    };
    const patient = await openRecord();
    expect(await patient.getByText("Azithromycine").count()).toBe(0);
    await pharmacist.getByRole("button", { name: "通过" }).click();
    await pharmacist.getByRole("dialog").getByRole("button", { name: "通过" }).click();
    await clinician.getByText("Acceptée").waitFor();
    await clinician.getByRole("button", { name: "Clore le dossier", disabled: false }).waitFor();
    await screenshot(clinician, "prescription-accepted");
    const told = await openRecord();
    await told.getByText("Azithromycine 500 mg: 1 cápsula · a cada 8 horas · pela boca · durante 7 dias").waitFor();
    expect(await told.getByText("Amoxicilline").count()).toBe(0);
    expect(await good(told)).toEqual([]);
    await told.getByText("Azithromycine 500 mg").scrollIntoViewIfNeeded();
    await screenshot(told, "prescription-patient");
  },
);
