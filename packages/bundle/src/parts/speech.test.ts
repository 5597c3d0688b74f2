import { join } from "node:path";
import { loadRegion } from "@yizhan/region";
import { expect, test } from "vitest";
import { renderBundle } from "../render.ts";
import { parseSite } from "../site.ts";
import { exampleSite } from "../testing/site.ts";
import { stringify } from "yaml";

const country = await loadRegion(join(import.meta.dirname, "../../../../regions"), "MZ");
const region = { ...country, speech: { ...country.speech, hear: { ...country.speech.hear, pt: ["remote", "whisper-base"] } } };
const remoteHearing = { url: "http://127.0.0.1:8000", model: "whisper-large-v3", apiKey: "/etc/own/key" };

test("a country's own hearing server is known to the speech service, its key to nobody else, and nothing more is open", () => {
  const { files } = renderBundle({ region, site: exampleSite("MZ", { speech: { remoteHearing } }), release: "1" });
  const content = (path: string) => files.find((file) => file.path === path)?.content ?? "";
  expect(JSON.parse(content("/etc/yizhan/speech.json"))).toMatchObject({
    remoteHearing: {
      url: remoteHearing.url,
      model: remoteHearing.model,
      apiKeyFile: expect.stringMatching(/^\/run\/credentials\//),
    },
  });
  const unit = content("/etc/systemd/system/yizhan-speech.service");
  expect(unit).toMatch(/^LoadCredential=remote-key:\/etc\/own\/key$/m);
  expect(unit).toMatch(/^IPAddressDeny=any$/m);
  expect(unit).toMatch(/^IPAddressAllow=localhost$/m);
});

test("a language that only a server hears is not promised without one", () => {
  expect(() => renderBundle({ region, site: exampleSite("MZ"), release: "1" })).not.toThrow();
  const only = { ...region, speech: { ...region.speech, hear: { ...region.speech.hear, am: ["remote"] } } };
  expect(() => renderBundle({ region: only, site: exampleSite("MZ"), release: "1" })).toThrow(
    /MZ has am heard by a remote server/,
  );
});

test.each(["http://192.0.2.7:8000", "http://127.0.0.1.example.org", "ftp://127.0.0.1"])("a server at %s is refused", (url) => {
  const text = stringify(exampleSite("MZ", { speech: { remoteHearing: { ...remoteHearing, url } } }));
  expect(() => parseSite(text, "fleet/MZ.yaml")).toThrow(/speech\.remoteHearing\.url/);
});
