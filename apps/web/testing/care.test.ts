import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Browser, buildPages, openBrowser, remove } from "./browser.ts";
import { good, look } from "./look.ts";
import { answerAll, next } from "./care-walk.ts";
import { type Fake, startFake } from "./fake.ts";

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

describe("the care page", () => {
  test("first asks for the language, each under its own name, then goes on in it", async () => {
    const page = await browser.open(station.url);
    await page.locator(".languages button").first().waitFor();
    expect(await page.locator(".languages button").allInnerTexts()).toEqual(
      expect.arrayContaining(["Português", "中文", "English", "Français"]),
    );
    await page.getByRole("button", { name: "中文" }).click();
    await page.getByRole("heading", { name: "您需要什么？" }).waitFor();
    expect(await page.locator("html").getAttribute("lang")).toBe("zh");
    await page.reload();
    await page.getByRole("heading", { name: "您需要什么？" }).waitFor();
  });

  test("takes a case in Portuguese and shows both numbers", async () => {
    const page = await browser.open(`${station.url}/?lang=pt`);
    const before = station.intakes.length;
    await answerAll(page);
    await page.getByRole("button", { name: "Enviar" }).click();
    await page.getByText("MZ-7K2M-9QXA").waitFor();
    expect(await page.getByText("48310927").isVisible()).toBe(true);
    const sent = station.intakes.at(before);
    expect(sent?.key).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect(sent?.intake).toEqual({
      language: "pt",
      name: "Ana Machava",
      birthYear: 1968,
      phone: "+258 84 123 4567",
      complaint: "Peito, respiração: Dor forte quando respiro.",
      since: "2 a 7 dias",
      pain: 7,
      allergies: "Sem alergias conhecidas",
      medicines: "Amlodipina 5 mg",
      consent: { version: "2026-11", language: "pt", agreed: true },
      interpreterNeeded: true,
    });
    expect(await page.evaluate(() => localStorage.getItem("yizhan.draft"))).toBeNull();
    // A reload by mistake does not lose the numbers; saying that they are kept clears them.
    await page.reload();
    await page.getByText("MZ-7K2M-9QXA").waitFor();
    await page.getByRole("button", { name: "Já os guardei" }).click();
    expect(await page.evaluate(() => sessionStorage.length)).toBe(0);
  });

  test("keeps the answers on the phone until they are sent, and deletes them when asked", async () => {
    const page = await browser.open(`${station.url}/?lang=en`);
    await page.getByRole("button", { name: "Ask for a doctor" }).click();
    await page.getByLabel("Tell us in your own words").fill("My back hurts.");
    await page.reload();
    await page.getByRole("button", { name: "Continue my answers" }).click();
    expect(await page.getByLabel("Tell us in your own words").inputValue()).toBe("My back hurts.");
    await page.getByRole("button", { name: "Back" }).click();
    await page.getByRole("button", { name: "Delete my answers" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Delete my answers" }).click();
    await page.getByRole("button", { name: "Ask for a doctor" }).waitFor();
    expect(await page.evaluate(() => localStorage.getItem("yizhan.draft"))).toBeNull();
  });

  test("says what is missing, beside it, and goes there", async () => {
    const page = await browser.open(`${station.url}/?lang=en`);
    await page.getByRole("button", { name: "Ask for a doctor" }).click();
    await next(page);
    const words = page.getByLabel("Tell us in your own words");
    expect(await words.getAttribute("aria-invalid")).toBe("true");
    await page.locator("textarea:focus").waitFor();
    expect(await page.getByText("Choose a place or write a few words.").isVisible()).toBe(true);
  });

  test("loses nothing to a cut connection, and sends the same case once", async () => {
    const page = await browser.open(`${station.url}/?lang=en`);
    const before = station.intakes.length;
    await answerAll(page);
    station.cutIntakes(true);
    await page.getByRole("button", { name: "Send" }).click();
    await page.getByText("No connection. Your answers are safe on this phone.").waitFor();
    station.cutIntakes(false);
    await page.getByRole("button", { name: "Try again" }).click();
    await page.getByText("MZ-7K2M-9QXA").waitFor();
    expect(station.intakes.length).toBe(before + 1);
  });

  test("goes one question back with the phone's back key", async () => {
    const page = await browser.open(`${station.url}/?lang=en`);
    await page.getByRole("button", { name: "Ask for a doctor" }).click();
    await page.getByLabel("Head").check();
    await next(page);
    await page.getByRole("heading", { name: "Since when?" }).waitFor();
    await page.goBack();
    await page.getByRole("heading", { name: "What is wrong?" }).waitFor();
    expect(await page.getByLabel("Head").isChecked()).toBe(true);
  });

  test("can be walked with the keyboard alone", async () => {
    const page = await browser.open(`${station.url}/?lang=en`);
    await page.getByRole("button", { name: "Ask for a doctor" }).focus();
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "What is wrong?" }).waitFor();
    await page.keyboard.press("Tab");
    await page.keyboard.press("Space");
    expect(await page.getByLabel("Head").isChecked()).toBe(true);
    await next(page);
    await page.getByLabel("Today").focus();
    await page.keyboard.press("ArrowDown");
    expect(await page.getByLabel("Yesterday").isChecked()).toBe(true);
    await page.keyboard.press("Enter");
    await page.getByRole("heading", { name: "How strong is the pain now?" }).waitFor();
    await page.getByRole("radio").first().focus();
    for (let step = 0; step < 10; step += 1) await page.keyboard.press("ArrowRight");
    expect(await page.getByRole("radio", { name: "10, Worst" }).isChecked()).toBe(true);
  });

  test("keeps the numbers to call in reach, with those of this country", async () => {
    const page = await browser.open(`${station.url}/?lang=en`);
    expect(await page.getByRole("link", { name: "Ambulance 117" }).getAttribute("href")).toBe("tel:117");
    await page.getByRole("button", { name: "Emergency" }).click();
    expect(await page.getByRole("link", { name: "Police 119" }).getAttribute("href")).toBe("tel:119");
  });

  test("shows consent in a draft language beside the checked English", async () => {
    const page = await browser.open(`${station.url}/?lang=pt`);
    await answerAll(page, "consent");
    const beside = page.locator(".beside .consent");
    await beside.waitFor();
    expect(await beside.getAttribute("lang")).toBe("en");
    expect(await page.getByText("Tradução provisória").isVisible()).toBe(true);
  });

  test("leads from the receipt through the waiting room into the call and back, with captions to read", async () => {
    const page = await browser.open(`${station.url}/?lang=pt`);
    await page.context().grantPermissions(["microphone", "camera"]);
    await answerAll(page);
    await page.getByRole("button", { name: "Enviar" }).click();
    await page.getByText("48310927").waitFor();
    await page.getByRole("button", { name: "Falar com o médico" }).click();
    await page.getByText("Espere, por favor.").waitFor();
    // The code was spent: the next one stands here, and on the receipt from now on.
    expect(await page.locator(".new-code").innerText()).toBe("20417733");
    expect(await page.getByRole("button", { name: "Entrar na chamada" }).count()).toBe(0);
    await page.getByLabel("Só som").check();
    await look(page, "call-waiting");
    await station.calls.open(true);
    await page.getByText("O médico está pronto.").waitFor();
    await page.getByRole("button", { name: "Entrar na chamada" }).click();
    const room = page.frameLocator(".meeting iframe");
    await room.getByText("Sound only, pt").waitFor();
    await page.getByText("Tome 50 mg duas vezes por dia.").waitFor();
    await page.getByText("Isto pode estar errado.").waitFor();
    expect(await page.getByText("Take 500 mg twice a day.").getAttribute("lang")).toBe("en");
    expect(station.calls.said).toEqual(["joined pt"]);
    await station.calls.caption({ id: "s3", own: false, text: "Respire fundo.", language: "pt", final: false });
    await page.getByText("Respire fundo.").waitFor();
    await look(page, "call-patient");
    expect(await good(page)).toEqual([]);

    await room.getByRole("button", { name: "Cut" }).click();
    await page.getByText("A chamada foi interrompida. Pode voltar.").waitFor();
    await page.getByRole("button", { name: "Entrar na chamada" }).click();
    await room.getByText("Sound only, pt").waitFor();
    await page.locator(".caption").first().waitFor();
    // Who reloads the page waits on, in the same room.
    await page.reload();
    await page.getByRole("button", { name: "Entrar na chamada" }).waitFor();
    await station.calls.open(false);
    await page.getByText("Espere, por favor.").waitFor();
    expect(station.calls.said).toEqual(["joined pt", "left", "joined pt", "left"]);
    await page.getByRole("button", { name: "Voltar" }).click();
    await page.getByText("20417733").waitFor();
  });

  test("says that the microphone is blocked, before anybody is called", async () => {
    const page = await browser.open(`${station.url}/?lang=en`);
    await page.evaluate(() => sessionStorage.setItem("yizhan.call", "1"));
    await page.reload();
    await page.getByText("Your phone asks to use the microphone").waitFor();
    await station.calls.open(true);
    await page.evaluate(() => {
      navigator.mediaDevices.getUserMedia = () => Promise.reject(new DOMException("no", "NotAllowedError"));
    });
    await page.getByRole("button", { name: "Join the call" }).click();
    await page.getByText("The microphone is blocked.").waitFor();
    expect(await page.locator(".meeting").count()).toBe(0);
    await page.evaluate(() => {
      let asked = 0;
      navigator.mediaDevices.getUserMedia = () =>
        (asked += 1) === 1 ? Promise.reject(new DOMException("no", "NotFoundError")) : Promise.resolve(new MediaStream());
    });
    await page.getByRole("button", { name: "Join the call" }).click();
    await page.getByText("No camera was found. The doctor only hears you.").waitFor();
    await page.frameLocator(".meeting iframe").getByText("en").waitFor();
    await station.calls.open(false);
    await page.getByText("The call has ended.").waitFor();
  });

  test("tells a worker how a case stands, and what it did not find", async () => {
    const page = await browser.open(`${station.url}/?lang=en`);
    await page.getByRole("button", { name: "Check my case" }).click();
    await page.getByLabel("Case number").fill("mz-0000-0000");
    await page.getByLabel("Access code").fill("48310927");
    await page.getByRole("button", { name: "Check" }).click();
    await page.getByText("We did not find this.").waitFor();
    await page.getByLabel("Case number").fill("mz-7k2m-9qxa");
    await page.getByRole("button", { name: "Check" }).click();
    await page.getByText("The medical team has your case.").waitFor();
  });
});
