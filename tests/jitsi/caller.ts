import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Browser, chromium, type Page } from "playwright-core";
import type { Calls } from "./calls.ts";

/** A browser inside the machine, on the page of a participant. */
export interface Caller {
  readonly page: Page;
  close(): Promise<void>;
}

/** Chromium whose microphone hears a WAV file, once. Every caller has a process of its own: the file is the process's. */
export async function openCaller(calls: Calls, name: string, sound: Buffer): Promise<Caller> {
  const { machine, site } = calls;
  const program = join(machine.folder, `${name}.sh`);
  const heard = join(machine.folder, `${name}.wav`);
  await writeFile(heard, sound);
  await writeFile(program, `#!/bin/sh\nexec ${machine.inside.join(" ")} /usr/bin/chromium "$@"\n`);
  await chmod(program, 0o755);
  const browser: Browser = await chromium.launch({
    executablePath: program,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-background-networking",
      "--use-fake-ui-for-media-stream",
      "--use-fake-device-for-media-stream",
      `--use-file-for-fake-audio-capture=${heard}%noloop`,
      "--autoplay-policy=no-user-gesture-required",
    ],
  });
  // The certificate is of the station's own authority.
  const context = await browser.newContext({ ignoreHTTPSErrors: true });
  const page = await context.newPage();
  await page.goto(`https://${site.names.meet}/call.html`);
  return { page, close: () => browser.close() };
}
