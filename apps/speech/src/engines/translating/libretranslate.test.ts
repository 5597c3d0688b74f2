import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { afterAll, expect, it } from "vitest";
import { libretranslateStep } from "./libretranslate.ts";

/** Speaks LibreTranslate's API well enough to be good, slow or wrong, by the text. */
const server = createServer(async (request, response) => {
  let body = "";
  for await (const chunk of request) body += String(chunk);
  const { q, source, target } = JSON.parse(body) as { q: string; source: string; target: string };
  if (q === "slow") return;
  if (q === "rubbish") return void response.end("<html>");
  if (q === "busy") return void response.writeHead(503).end();
  response.end(JSON.stringify({ translatedText: `${q} ${source}>${target}` }));
}).listen(0, "127.0.0.1");
afterAll(() => void server.close().closeAllConnections());

it("translates, and has an answer for every fault", async () => {
  const { port } = server.address() as AddressInfo;
  const step = libretranslateStep({ url: `http://127.0.0.1:${port}` }, "en", "sw", 1500);
  await expect(step.translate("pain", [])).resolves.toEqual({ text: "pain en>sw" });
  await expect(step.translate("slow", [])).rejects.toMatchObject({ code: "translation-slow" });
  await expect(step.translate("rubbish", [])).rejects.toMatchObject({ code: "translation-failed" });
  await expect(step.translate("busy", [])).rejects.toMatchObject({ code: "translation-failed" });
  const nobody = libretranslateStep({ url: "http://127.0.0.1:1" }, "en", "sw", 1500);
  await expect(nobody.translate("pain", [])).rejects.toMatchObject({ code: "translation-failed" });
});
