import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { brotliCompressSync, constants } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type Browser, buildPages, openBrowser, remove } from "./browser.ts";
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

describe("over the wire", () => {
  test("the first visit to the care page costs at most 120 KB, its language included", async () => {
    for (const tag of ["pt", "zh"]) {
      const page = await browser.open("about:blank");
      const session = await page.context().newCDPSession(page);
      await session.send("Network.enable");
      let bytes = 0;
      session.on("Network.loadingFinished", (event) => {
        bytes += event.encodedDataLength;
      });
      await page.goto(`${station.url}/?lang=${tag}`, { waitUntil: "networkidle" });
      await page.locator(".door.main").waitFor();
      expect(bytes).toBeGreaterThan(20_000);
      expect(bytes).toBeLessThan(120 * 1024);
    }
  });

  test("at 64 kbit/s and 600 ms of delay the care page can be used within fifteen seconds", async () => {
    const page = await browser.open("about:blank");
    const session = await page.context().newCDPSession(page);
    await session.send("Network.enable");
    await session.send("Network.emulateNetworkConditions", {
      offline: false,
      latency: 600,
      downloadThroughput: 8_000,
      uploadThroughput: 8_000,
    });
    const started = performance.now();
    await page.goto(`${station.url}/?lang=pt`, { waitUntil: "commit" });
    await page.locator(".door.main").waitFor();
    expect(performance.now() - started).toBeLessThan(15_000);
  });

  test("each language costs at most 12 KB", async () => {
    const assets = join(dist, "assets");
    const languages = (await readdir(assets)).filter((name) => /^[a-z]{2,3}(-[A-Za-z]+)*-[\w-]{8}\.js$/.test(name));
    const texts = await Promise.all(languages.map((name) => readFile(join(assets, name))));
    const sizes = texts
      .filter((text) => text.includes("catalogues"))
      .map((text) => brotliCompressSync(text, { params: { [constants.BROTLI_PARAM_QUALITY]: 9 } }).length);
    expect(sizes.length).toBeGreaterThanOrEqual(16);
    expect(Math.max(...sizes)).toBeLessThan(12 * 1024);
  });

  test("no page carries an inline script or style, which the security policy would refuse", async () => {
    for (const name of ["care", "desk", "booth", "fleet"]) {
      const html = await readFile(join(dist, `${name}.html`), "utf8");
      expect(html).not.toMatch(/<style|<script(?![^>]*\bsrc=)| style=| on\w+=/);
    }
  });
});
