import { join } from "node:path";
import { loadRegion, loadRegions } from "@yizhan/region";
import { expect, test } from "vitest";
import { BundleError } from "./errors.ts";
import { bundleDigest, renderBundle } from "./render.ts";

import { exampleSite } from "./testing/site.ts";

const directory = join(import.meta.dirname, "../../../regions");
const release = "0.1.0";

test("every country in every size: one file a path, secrets only by name, the same bytes again", async () => {
  for (const region of await loadRegions(directory)) {
    for (const size of ["clinic", "district", "national"] as const) {
      const site = exampleSite(region.code, { size });
      const bundle = renderBundle({ region, site, release });
      const paths = bundle.files.map((file) => file.path);
      expect(new Set(paths).size, region.code).toBe(paths.length);
      const known = new Set(bundle.secrets.map((secret) => secret.name));
      for (const file of bundle.files) {
        const used = [...file.content.matchAll(/@@secret:([\w.-]+)@@/g)].map(([, name]) => name ?? "");
        expect(file.secret, file.path).toBe(used.length > 0);
        for (const name of used) expect(known.has(name), `${file.path}: ${name}`).toBe(true);
        if (file.secret) expect(file.mode & 0o007, file.path).toBe(0);
      }
      const again = renderBundle({ region: structuredClone(region), site: structuredClone(site), release });
      expect(JSON.stringify(again)).toBe(JSON.stringify(bundle));
      const { digest, ...rest } = bundle;
      expect(bundleDigest(rest)).toBe(digest);
    }
  }
});

test("what changes a host changes the digest; another country's site is refused", async () => {
  const region = await loadRegion(directory, "MZ");
  const one = renderBundle({ region, site: exampleSite("MZ"), release });
  expect(renderBundle({ region, site: exampleSite("MZ"), release: "0.2.0" }).digest).not.toBe(one.digest);
  expect(renderBundle({ region, site: exampleSite("MZ", { address: "192.0.2.5" }), release }).digest).not.toBe(one.digest);
  expect(() => renderBundle({ region, site: exampleSite("KZ"), release })).toThrow(BundleError);
});

test("without calls there is no Jitsi, no relay and no open port for them", async () => {
  const region = await loadRegion(directory, "MZ");
  const bundle = renderBundle({ region, site: exampleSite("MZ", { jitsi: false }), release });
  expect(bundle.debian.packages).not.toContain("prosody");
  expect(bundle.files.map((file) => file.path)).not.toContain("/etc/turnserver.conf");
  expect(bundle.files.find((file) => file.path === "/etc/nftables.conf")?.content).not.toContain("3478");
});
