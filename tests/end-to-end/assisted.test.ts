import { testModels } from "@yizhan/models/testing";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openBrowser, screenshot } from "../support/browser.ts";
import { type Local, startLocal } from "../support/local.ts";
import { account } from "../support/patients.ts";

/** A doctor and a patient with one tablet: real speech, real translation, spoken aloud. */

type Turn = readonly [who: "ours" | "theirs", text: string, heard: RegExp, translated: RegExp];
const turns: readonly Turn[] = [
  ["ours", "Good morning. How long have you had the fever?", /fever/i, /febre/i],
  ["theirs", "Tenho febre há três dias e dor de cabeça.", /febre/i, /fever[^]*(?:three|3)|(?:three|3)[^]*fever/i],
  ["ours", "Do you have any pain in your chest?", /chest/i, /peito/i],
  ["theirs", "Não, não tenho dor no peito.", /peito/i, /no.*(?:pain|chest)|not.*pain|don't.*pain/i],
  ["ours", "Take one tablet of paracetamol three times a day, after eating.", /paracetamol/i, /paracetamol[^]*(?:três|3)/i],
  ["theirs", "Está bem, três vezes por dia, depois de comer.", /três|3/i, /three|3/i],
];

/** Turns for which nobody says who speaks: what is heard says it. */
const together: readonly number[] = [2, 3, 4];

describe("two people with one tablet", () => {
  let local: Local;
  let browser: Awaited<ReturnType<typeof openBrowser>>;

  beforeAll(async () => {
    await testModels(["kokoro-82m"]);
    [local, browser] = await Promise.all([startLocal({ countries: ["MZ"] }), openBrowser()]);
  });
  afterAll(async () => {
    await browser.close();
    await local.stop();
    await local.remove();
  });

  it("speak in turn, or as they like; each reads and hears the other", async () => {
    const { url, staff } = local.node("MZ");
    const interpreter = account({ staff }, "interpreter");
    const page = await browser.open("about:blank", { width: 820, height: 1180 });
    await page.addInitScript(lendVoice);
    await page.goto(`${url}/booth?lang=en`);
    await page.locator("input[name=name]").fill(interpreter.name);
    await page.locator("input[name=passphrase]").fill(interpreter.passphrase);
    await page.locator("button[type=submit]").click();
    await page.getByRole("button", { name: "Two people, one tablet" }).click();
    await page.getByLabel("Your language").selectOption("en");
    await page.getByLabel("The patient’s language").selectOption("pt");
    await page.getByRole("button", { name: "Begin" }).click();

    let aloud = 0;
    for (const [at, [who, text, heard, translated]] of turns.entries()) {
      const shared = together.includes(at);
      const microphone = page.locator(shared ? ".microphone.both" : `.microphone[data-person=${who}]`);
      if ((await microphone.getAttribute("aria-pressed")) !== "true") await microphone.click();
      await say(page, text, who === "ours" ? "en" : "pt");
      // The newest line stands first.
      const line = page.locator(`.pair[data-person=${who}]`).first();
      await line.locator(".line[data-final=true] .translated p").waitFor({ timeout: 60_000 });
      await expect.poll(() => page.locator(".pair").count(), { timeout: 30_000 }).toBeGreaterThan(at);
      expect(await line.locator(".heard").innerText(), text).toMatch(heard);
      expect(await line.locator(".translated").innerText(), text).toMatch(translated);
      // A line without a flag is read aloud, once; one with a flag is left for the two to look at.
      if ((await line.locator(".flags").count()) === 0) {
        aloud += 1;
        await expect.poll(() => page.evaluate(counted), { timeout: 90_000 }).toBe(aloud);
      }
      if (shared && together.includes(at + 1)) {
        // It listens on by itself when it has said its line.
        await page.locator(".microphone.both[aria-pressed=true]").waitFor({ timeout: 90_000 });
      } else if ((await microphone.getAttribute("aria-pressed")) === "true") await microphone.click();
    }
    // How many are flagged is the checks' business; some line of six must have been fit to be heard.
    expect(aloud).toBeGreaterThan(0);
    await screenshot(page, "assisted");
    await page.setViewportSize({ width: 360, height: 740 });
    await screenshot(page, "assisted-360");
  }, 300_000);
}, 400_000);

const counted = () => (window as unknown as { spokenAloud: number }).spokenAloud;

/** What stands before the tablet: its microphone hears what the test says, and what the page plays is counted. */
function lendVoice(): void {
  const room = new AudioContext();
  const air = room.createMediaStreamDestination();
  navigator.mediaDevices.getUserMedia = async () => {
    await room.resume();
    return air.stream;
  };
  const own = window as unknown as { say: (wav: ArrayBuffer) => Promise<void>; spokenAloud: number };
  own.spokenAloud = 0;
  own.say = async (wav) => {
    const voice = room.createBufferSource();
    voice.buffer = await room.decodeAudioData(wav);
    voice.connect(air);
    const over = new Promise((resolve) => voice.addEventListener("ended", resolve));
    voice.start();
    await over;
  };
  const original = HTMLMediaElement.prototype.play;
  HTMLMediaElement.prototype.play = function play(this: HTMLMediaElement): Promise<void> {
    own.spokenAloud += 1;
    return original.call(this);
  };
}

/** Lets the station's own voice make the sound of a turn, and plays it into the room. */
async function say(page: Page, text: string, language: string): Promise<void> {
  await page.evaluate(
    async ({ text, language }) => {
      const answer = await fetch("/api/voices/speak", {
        method: "POST",
        headers: { "content-type": "application/json", "x-yizhan": "1" },
        body: JSON.stringify({ text, language }),
      });
      if (!answer.ok) throw new Error(`no voice: ${answer.status}`);
      await (window as unknown as { say: (wav: ArrayBuffer) => Promise<void> }).say(await answer.arrayBuffer());
    },
    { text, language },
  );
}
