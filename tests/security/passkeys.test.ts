import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { goodIntake, passphrase } from "../../apps/station/src/testing/station.ts";
import type { Browser } from "../../apps/web/testing/browser.ts";
import { screenshot } from "../support/browser.ts";
import { stationWithPages } from "../support/station-pages.ts";

/** Passkeys of staff and of patients in Debian's Chromium, against a whole station. */

let url: string;
let browser: Browser;
let end: () => Promise<void>;
beforeAll(async () => {
  // A passkey belongs to a host name: an address in numbers has none.
  ({ url, browser, end } = await stationWithPages("localhost"));
}, 60_000);
afterAll(() => end());

/** A device with a fingerprint reader, in software. */
async function withAuthenticator(page: Page) {
  const session = await page.context().newCDPSession(page);
  await session.send("WebAuthn.enable");
  const { authenticatorId } = await session.send("WebAuthn.addVirtualAuthenticator", {
    options: {
      protocol: "ctap2",
      transport: "internal",
      hasResidentKey: true,
      hasUserVerification: true,
      isUserVerified: true,
      automaticPresenceSimulation: true,
    },
  });
  return {
    verified: (isUserVerified: boolean) => session.send("WebAuthn.setUserVerified", { authenticatorId, isUserVerified }),
    keys: async () => (await session.send("WebAuthn.getCredentials", { authenticatorId })).credentials,
  };
}

test("staff make a passkey, and sign in with a touch; without a person, or once removed, it opens nothing", async () => {
  const page = await browser.open(`${url}/desk?lang=en`);
  const device = await withAuthenticator(page);
  await page.locator("input[name=name]").fill("clinician");
  await page.locator("input[name=passphrase]").fill(passphrase);
  await page.locator("button[type=submit]").click();
  await page.getByRole("link", { name: "My account" }).click();
  await page.getByLabel("Name of this device").fill("Ana’s phone");
  await page.getByRole("button", { name: "Add this device" }).click();
  await page.getByText("Ana’s phone").first().waitFor();
  expect(await device.keys()).toMatchObject([{ isResidentCredential: true, rpId: "localhost" }]);
  await screenshot(page, "desk-account-360");

  const signOut = () => page.getByRole("button", { name: "Sign out", exact: true }).click();
  const door = page.getByRole("button", { name: "Sign in with a passkey" });
  const touch = () => door.click();
  await signOut();
  await touch();
  await page.getByRole("link", { name: "My account" }).waitFor();
  await signOut();
  await device.verified(false);
  await touch();
  await door.and(page.locator("[aria-busy=false]")).waitFor();
  expect(await page.getByRole("link", { name: "My account" }).count()).toBe(0);
  await device.verified(true);
  await touch();
  await page.getByRole("link", { name: "My account" }).click();
  await page.getByRole("button", { name: "Remove Ana’s phone" }).click();
  await page.getByText("Ana’s phone").first().waitFor({ state: "detached" });
  await signOut();
  await touch();
  await page.getByText("Name, passphrase or code is wrong.").waitFor();
});

test("a patient opens the record with the code, adds the phone, and next time a touch opens it", async () => {
  const answer = await fetch(`${url}/api/intake`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(goodIntake),
  });
  const { caseNumber, accessCode } = (await answer.json()) as { caseNumber: string; accessCode: string };
  const page = await browser.open(`${url}/?lang=pt`);
  const device = await withAuthenticator(page);
  await page.locator(".door").nth(1).click();
  await page.locator(".code").first().fill(caseNumber);
  await page.locator(".code").nth(1).fill(accessCode);
  await page.getByRole("button", { name: "Abrir o meu registo" }).click();
  await page.getByRole("heading", { name: "O meu resumo de saúde" }).waitFor();
  const next = (await page.locator(".new-code").innerText()).trim();
  expect(next).toMatch(/^\d{8}$/);
  await screenshot(page, "care-record-pt");
  await page.getByRole("button", { name: "Da próxima vez" }).click();
  await page.getByText("Este telefone já pode abrir o seu registo.").waitFor();
  // What the device keeps says nothing of the patient.
  const [key] = await device.keys();
  expect(JSON.stringify(key)).not.toMatch(/Ana|João/);

  await page.getByRole("button", { name: "Fechar o meu registo" }).click();
  await page.locator(".door").nth(1).click();
  await page.getByRole("button", { name: "Abrir com impressão digital" }).click();
  await page.getByRole("heading", { name: "O meu resumo de saúde" }).waitFor();
  expect(await page.locator(".new-code").count()).toBe(0);
  await page.getByRole("button", { name: "Retirar", exact: true }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Retirar", exact: true }).click();
  await page.getByText("Retirado").waitFor();
  const [download] = await Promise.all([page.waitForEvent("download"), page.getByRole("link", { name: "Descarregar" }).click()]);
  expect(download.suggestedFilename()).toBe("summary.fhir.json");
});
