import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Browser, buildPages, openBrowser, remove } from "./browser.ts";
import { another, participants } from "./captions.ts";
import { type Fake, startFake } from "./fake.ts";
import { fleet } from "./records.ts";
import { good, look } from "./look.ts";
import { signIn } from "./sign-in.ts";

let dist: string;
let station: Fake;
let hub: Fake;
let browser: Browser;
beforeAll(async () => {
  dist = await buildPages();
  [station, hub, browser] = await Promise.all([startFake(dist, "station"), startFake(dist, "hub"), openBrowser()]);
});
afterAll(async () => {
  await browser.close();
  await Promise.all([station.close(), hub.close()]);
  await remove(dist);
});

const wide = { width: 1280, height: 860 };

describe("signing in", () => {
  test("says that name or passphrase is wrong, and lets in with the right ones; out again", async () => {
    const page = await browser.open(`${station.url}/desk?lang=en`);
    await signIn(page, "wrong");
    await page.getByText("Name, passphrase or code is wrong.").waitFor();
    await signIn(page);
    await page.getByText("Ana Machava").waitFor();
    await page.getByRole("button", { name: "Sign out" }).click();
    await page.getByRole("heading", { name: "Sign in" }).waitFor();
  });
});

describe("the desk", () => {
  test("finds a case by name and by number, and opens it", async () => {
    const page = await browser.open(`${station.url}/desk?lang=en`, wide);
    await signIn(page);
    const search = page.getByRole("searchbox");
    await search.fill("王");
    await search.press("Enter");
    await page.locator(".cases li").nth(1).waitFor({ state: "detached" });
    expect(await page.locator(".cases li").count()).toBe(1);
    await search.fill("mz-7k2m-9qxa");
    await search.press("Enter");
    await page.getByRole("button", { name: /Ana Machava/ }).click();
    await page.getByText("Penicilina: manchas na pele").waitFor();
    expect(await page.getByText("Penicilina: manchas na pele").getAttribute("lang")).toBe("pt");
    expect(page.url()).toContain("#case/c1");
  });

  test("closes a case after a moment in which it can be taken back", async () => {
    const page = await browser.open(`${station.url}/desk?lang=en#case/c2`, wide);
    await signIn(page);
    await closeAs(page, "Referred");
    await page.getByRole("button", { name: "Undo", exact: true }).click();
    await page.getByText("stays open").waitFor();
    expect(station.closed).toEqual([]);
    await closeAs(page, "Resolved");
    await page.getByText("is closed.").waitFor({ timeout: 15_000 });
    expect(station.closed).toEqual([{ id: "c2", outcome: "resolved" }]);
  });
});

describe("a call", () => {
  test("is begun at the desk where the patient waits, cut, come back to, and ended for everyone", async () => {
    const page = await browser.open(`${station.url}/desk?lang=en#case/c1`, wide);
    await signIn(page);
    await page.getByText("The patient is waiting").first().waitFor();
    await look(page, "call-desk-waiting");
    await page.getByRole("button", { name: "Call the patient" }).click();
    const room = page.frameLocator(".meeting iframe");
    await room.getByText("Sound and picture, en").waitFor();
    await page.getByText("In the call: Clinician").waitFor();
    await look(page, "call-desk");
    expect(await good(page)).toEqual([]);
    await room.getByRole("button", { name: "Cut" }).click();
    await page.getByText("The call was cut.").waitFor();
    await page.getByRole("button", { name: "Join the call" }).click();
    await room.getByText("Sound and picture, en").waitFor();
    await page.getByRole("button", { name: "End the call" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "End the call" }).click();
    await page.locator(".meeting").waitFor({ state: "detached" });
    await page.getByRole("button", { name: "Call the patient" }).waitFor();
  });

  test("is joined from the booth, with the captions beside it", async () => {
    const page = await watch();
    await page.getByRole("button", { name: "Join the call" }).click();
    await page.frameLocator(".meeting iframe").getByText("Sound and picture, en").waitFor();
    const [call, captions] = await Promise.all([page.locator(".meeting").boundingBox(), page.locator(".captions").boundingBox()]);
    expect((call?.x ?? 0) + (call?.width ?? 0)).toBeLessThanOrEqual(captions?.x ?? 0);
    await look(page, "call-booth");
    expect(await good(page)).toEqual([]);
    await page.setViewportSize({ width: 360, height: 740 });
    await look(page, "call-booth-narrow");
    expect(await good(page)).toEqual([]);
  });
});

async function closeAs(page: Page, outcome: string): Promise<void> {
  await page.getByRole("button", { name: "Close case" }).click();
  const dialog = page.getByRole("dialog");
  await dialog.getByRole("radio", { name: outcome }).check();
  await dialog.getByRole("button", { name: "Close case" }).click();
}

describe("the booth", () => {
  test("shows who said what, its translation, the reason to doubt it and what must not be lost", async () => {
    const page = await watch();
    const flagged = page.locator(".line", { hasText: "Dr. Lin" }).locator(".translated");
    expect(await flagged.getByText("A number changed").innerText()).toMatch(/500 mg → 50 mg/);
    const doubtful = page.locator(".strip-pin.doubtful");
    expect(await doubtful.innerText()).toMatch(/amoxicillin[^]*Doubtful[^]*Or: ampicillin/);
    const interim = page.locator(".line[data-final=false]");
    expect(await interim.locator(".interim").innerText()).toBe(" desde criança");
    expect(await page.getByText("Ana Machava: 1.1 s").isVisible()).toBe(true);
    // The machine falls behind, and two people were not heard to the end.
    expect(await page.getByText("not heard").count()).toBe(0);
    const speakers = participants.map((participant, index) => {
      return { participant, engine: "whisper-base", lagMs: 4_200, droppedInterims: 3, lostSegments: 1 + index };
    });
    await station.say({ type: "health", behind: true, speakers });
    await page.getByText("3 parts not heard").waitFor();
    await page.getByText("Ana Machava: 4.2 s").waitFor();
    expect(await page.locator(".badge.amber").count()).toBe(1);
  });

  test("replaces an interim by its final, in place", async () => {
    const page = await watch();
    await station.say({
      type: "line",
      segmentId: "s3",
      participant: { id: "p2", tag: "p2-a0", name: "Ana Machava", language: "pt" },
      language: "pt",
      text: "Sou alérgica à penicilina desde criança.",
      committed: 40,
      final: true,
      pins: [{ kind: "drug", start: 15, end: 25, text: "penicilina", value: "INN:benzylpenicillin" }],
      startedAt: Date.UTC(2026, 10, 22, 9, 30, 11),
      endedAt: Date.UTC(2026, 10, 22, 9, 30, 14),
    });
    await page.locator(".strip-pin", { hasText: "penicilina" }).waitFor();
    expect(await page.locator(".line").count()).toBe(3);
    expect(await page.locator(".interim").count()).toBe(0);
  });

  test("follows the talk until the reader scrolls back, then waits for her", async () => {
    const page = await watch();
    for (let n = 0; n < 12; n += 1) await station.say(another(n));
    await page.getByText("número 11.").waitFor();
    const box = page.locator(".scroll");
    const fromEnd = () => box.evaluate((element) => element.scrollHeight - element.scrollTop - element.clientHeight);
    expect(await fromEnd()).toBeLessThan(2);
    await box.hover();
    await page.mouse.wheel(0, -600);
    await page.locator(".follow").waitFor();
    const kept = await box.evaluate((element) => element.scrollTop);
    await station.say(another(12));
    await page.getByRole("button", { name: "1 new line" }).waitFor();
    expect(await box.evaluate((element) => element.scrollTop)).toBe(kept);
    await page.locator(".follow").click();
    await page.locator(".follow").waitFor({ state: "detached" });
    expect(await fromEnd()).toBeLessThan(2);
  });

  test("fills a phone's window exactly: only the transcript scrolls, and no choice is cut", async () => {
    const page = await watch({ width: 360, height: 740 });
    for (let n = 0; n < 12; n += 1) await station.say(another(n));
    await page.getByText("número 11.").waitFor();
    expect(await page.evaluate(() => (document.scrollingElement?.scrollHeight ?? 0) - innerHeight)).toBeLessThanOrEqual(1);
    expect(await page.locator(".scroll").evaluate((box) => box.scrollHeight - box.clientHeight)).toBeGreaterThan(100);
    const missing = await page.locator(".tools .select").evaluateAll((selects) =>
      (selects as HTMLElement[]).map((select) => {
        const shown = select.offsetWidth;
        select.style.cssText = "flex: none; inline-size: max-content; max-inline-size: none";
        const natural = select.offsetWidth;
        select.style.cssText = "";
        return natural - shown;
      }),
    );
    expect(Math.max(...missing)).toBeLessThanOrEqual(1);
  });

  test("shows only the language that the interpreter listens to", async () => {
    const page = await watch();
    await page.getByLabel("Show", { exact: true }).selectOption("en");
    await page.getByText("Tenho dor").waitFor({ state: "detached" });
    expect(await page.locator(".line").count()).toBeGreaterThan(0);
    await page.getByLabel("Translation").selectOption("none");
    await page.locator(".translated").first().waitFor({ state: "detached" });
  });
});

async function watch(size: { width: number; height: number } = wide): Promise<Page> {
  const page = await browser.open(`${station.url}/booth?lang=en`, size);
  await signIn(page);
  await page.getByRole("button", { name: "Open captions: Dr. Lin (English) and Ana Machava (Portuguese)" }).click();
  await page.getByText("desde criança").waitFor();
  return page;
}

describe("the fleet", () => {
  test("shows each station by word and icon, what needs a person first, and changes live", async () => {
    const page = await browser.open(`${hub.url}/?lang=en`, wide);
    await signIn(page);
    await page.locator(".stations").waitFor();
    const first = page.locator("tbody tr").first();
    expect(await first.locator("th").innerText()).toContain("Ethiopia");
    expect(await first.innerText()).toMatch(/Shorter than it was[^]*restored from a backup/);
    expect(await page.getByRole("cell", { name: "Whole: 20,418" }).isVisible()).toBe(true);
    const now = fleet();
    await hub.tell({
      ...now,
      stations: now.stations.map((one) => ({ ...one, status: "healthy" as const, opened: one.opened + 1 })),
    });
    await page.getByText("4 healthy").waitFor();
    expect(await page.getByRole("cell", { name: "1,285" }).isVisible()).toBe(true);
    expect(await page.getByRole("button", { name: "Acknowledge" }).count()).toBe(0);
  });

  test("lets an administrator answer for an audit log that became shorter, and take it back", async () => {
    const page = await browser.open(`${hub.url}/?lang=en`);
    await signIn(page, "correct horse", "admin");
    await page.getByRole("button", { name: "Acknowledge" }).click();
    const dialog = page.getByRole("dialog", { name: "Why is this log not what it was?" });
    await dialog.getByRole("button", { name: "Acknowledge" }).click();
    await dialog.getByText("at least ten characters").waitFor();
    expect(await good(page)).toEqual([]);
    await dialog.getByLabel("Reason").fill("Restored from Tuesday's backup, the disk had died.");
    await dialog.getByRole("button", { name: "Acknowledge" }).click();
    await page.getByText("Acknowledged by Admin").waitFor();
    await page.getByText("Tuesday's backup").waitFor();
    expect(await good(page)).toEqual([]);
    await look(page, "fleet-acknowledged-narrow");
    await page.setViewportSize(wide);
    await look(page, "fleet-acknowledged-wide");
    await page.getByRole("button", { name: "Take back" }).click();
    await page.getByRole("dialog").getByRole("button", { name: "Take back" }).click();
    await page.getByText("Was this station restored").waitFor();
  });
});
