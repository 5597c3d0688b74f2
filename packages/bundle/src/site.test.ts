import { expect, test } from "vitest";
import { stringify } from "yaml";
import { BundleError } from "./errors.ts";
import { parseSite } from "./site.ts";
import { exampleSite } from "./testing/site.ts";

const good = stringify(exampleSite("MZ"));

test("a site file is read as it was written", () => {
  expect(parseSite(good, "fleet/MZ.yaml")).toEqual(exampleSite("MZ"));
});

test.each([
  ["an unknown key", `${good}colour: red\n`, /MZ\.yaml:\d+: \(top\): unknown: colour/],
  ["a host without its key", good.replace(/ {2}hostKey:.*\n/, ""), /MZ\.yaml:\d+: target\.hostKey/],
  ["a name that is none", good.replace("station: mz.example.org", "station: https://mz"), /names\.station: a domain name/],
  ["a double key", `${good}size: clinic\n`, /MZ\.yaml:\d+:\d+: .*unique/i],
  ["a tab", good.replace("names:\n  ", "names:\n\t"), /MZ\.yaml:\d+:\d+/],
  [
    "mail that nobody would carry",
    good.replace(/ {2}relay:.*\n/, ""),
    /MZ\.yaml:\d+: alerts\.email: no mail leaves without a relay/,
  ],
  ["keys beside what they open", good.replace("/mnt/keys", "/var/lib/yizhan/backups"), /backup\.keys: .*another place/],
  ["a path that climbs", good.replace("path: /var/lib/yizhan/backups", "path: /var/../etc"), /backup\.target\.path/],
])("%s is refused with its place", (_what, text, message) => {
  expect(text).not.toBe(good);
  expect(() => parseSite(text, "fleet/MZ.yaml")).toThrow(BundleError);
  expect(() => parseSite(text, "fleet/MZ.yaml")).toThrow(message);
});
