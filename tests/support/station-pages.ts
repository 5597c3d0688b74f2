import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { stationFiles } from "../../apps/station/src/testing/station.ts";
import { type Browser, buildPages, openBrowser, remove } from "../../apps/web/testing/browser.ts";
import { freePortBase, root } from "./local.ts";
import { startApp } from "./nodes.ts";

/** A whole station as a process, with the pages, and a browser to look at them. */
export async function stationWithPages(host: string): Promise<{ url: string; browser: Browser; end(): Promise<void> }> {
  const dist = await buildPages();
  const port = await freePortBase();
  const url = `http://${host}:${port}`;
  const files = await stationFiles({ publicUrl: url, web: dist, port });
  const config = join(files.folder, "station.json");
  await writeFile(config, JSON.stringify(files.config), { mode: 0o600 });
  const station = await startApp(join(root, "apps/station/src/main.ts"), config);
  const browser = await openBrowser();
  return {
    url,
    browser,
    async end() {
      await browser.close();
      await station.stop();
      await files.remove();
      await remove(dist);
    },
  };
}
