import { join } from "node:path";
import { loadRegion, loadRegions } from "@yizhan/region";
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { BundleError } from "./errors.ts";
import { bundleDigest, renderBundle } from "./render.ts";

import { type Site, siteSchema } from "./site.ts";
import { exampleSite } from "./testing/site.ts";

const directory = join(import.meta.dirname, "../../../regions");
const release = "0.1.0";
const stationConfig = (bundle: ReturnType<typeof renderBundle>) =>
  JSON.parse(bundle.files.find((file) => file.path === "/etc/yizhan/station.json")?.content ?? "{}") as object;

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
  expect(stationConfig(bundle)).not.toHaveProperty("meet");
  expect(bundle.files.find((file) => file.path === "/etc/nftables.conf")?.content).not.toContain("3478");
});

test("a station signs tokens that its own Jitsi and relay accept: the same names, the same secrets", async () => {
  const bundle = renderBundle({ region: await loadRegion(directory, "MZ"), site: exampleSite("MZ"), release });
  const handed = (name: string) => `/run/credentials/yizhan-station.service/${name}`;
  expect(stationConfig(bundle)).toMatchObject({
    meet: {
      url: "https://meet.mz.example.org",
      domain: "meet.mz.example.org",
      appId: "yizhan",
      tokenSecretFile: handed("jitsi-app"),
      turn: { host: "turn.mz.example.org", port: 3_478, tlsPort: 5_349, secretFile: handed("turn") },
    },
  });
  const unit = bundle.files.find((file) => file.path.endsWith("/yizhan-station.service"))?.content ?? "";
  for (const name of ["jitsi-app", "turn"]) {
    expect(unit).toContain(`LoadCredential=${name}:/etc/yizhan/secrets/${name}`);
    expect(bundle.secrets.map((secret) => secret.name)).toContain(name);
  }
});

test("any site that may be written renders: no path, folder or unit twice, and no unit waits for a file that is not there", async () => {
  const regions = await loadRegions(directory);
  const label = fc.stringMatching(/^[a-z][a-z0-9]{2,12}$/);
  const options = fc.record({
    region: fc.constantFrom(...regions),
    size: fc.constantFrom("clinic", "district", "national"),
    label,
    address: fc.oneof(fc.ipV4(), fc.ipV6()),
    tls: fc.constantFrom<Site["tls"]>(
      { kind: "internal" },
      { kind: "files", certificate: "/etc/c.pem", key: "/etc/k.pem" },
      { kind: "acme", email: "a@example.org" },
      { kind: "acme", email: "a@example.org", server: "https://ca.example.org/directory", authority: "./ca.pem" },
    ),
    unseal: fc.constantFrom<Site["unseal"]>({ kind: "file" }, { kind: "passphrase" }, { kind: "shares", people: 5, needed: 3 }),
    jitsi: fc.constantFrom<Site["jitsi"]>(false, { packages: "./debs" }),
    updates: fc.constantFrom("automatic", "bundle"),
    target: fc.constantFrom<Site["backup"]["target"]>(
      { kind: "directory", path: "/mnt/copies" },
      {
        kind: "s3",
        bucket: "copies",
        region: "af-south-1",
        lockDays: 30,
        lockMode: "compliance",
        keys: { bucket: "keys" },
        credentials: "/etc/aws",
      },
    ),
    webhook: fc.option(fc.webUrl({ validSchemes: ["https"] }), { nil: undefined }),
    port: fc.integer({ min: 1, max: 65_535 }),
  });
  fc.assert(
    fc.property(options, ({ region, label, target, webhook, port, ...more }) => {
      const example = exampleSite(region.code);
      const given = siteSchema.parse({
        ...example,
        ...more,
        names: { station: `${label}.example.org`, meet: `meet.${label}.example.org`, turn: `turn.${label}.example.org` },
        target: { ...example.target, port },
        alerts: webhook === undefined ? {} : { webhook },
        backup: { ...example.backup, target },
      });
      const bundle = renderBundle({ region, site: given, release });
      for (const list of [bundle.files, bundle.directories]) {
        const paths = list.map((one) => one.path);
        expect(new Set(paths).size).toBe(paths.length);
      }
      expect(new Set(bundle.units.map((unit) => unit.name)).size).toBe(bundle.units.length);
      const there = new Set([...bundle.files, ...bundle.supplied].map((file) => file.path));
      const watched = bundle.units
        .flatMap((unit) => unit.restartWhen)
        .filter((path) => /^\/etc\/(?!.*\/secrets\/|.*\.d$)/.test(path));
      expect(watched.filter((path) => !there.has(path))).toEqual([]);
      expect(renderBundle({ region, site: structuredClone(given), release }).digest).toBe(bundle.digest);
    }),
    { numRuns: 25 },
  );
});

test("a root that people unseal is on no disk, and what needs it waits for it", async () => {
  const region = await loadRegion(directory, "MZ");
  for (const unseal of [{ kind: "passphrase" }, { kind: "shares", people: 5, needed: 3 }] as const) {
    const bundle = renderBundle({ region, site: exampleSite("MZ", { unseal }), release });
    expect(bundle.secrets.map((secret) => secret.name)).not.toContain("root");
    const content = (path: string) => bundle.files.find((file) => file.path === path)?.content ?? "";
    expect(JSON.parse(content("/etc/yizhan/unseal.json"))).toMatchObject({ ...unseal, root: "/run/yizhan/unsealed/root" });
    expect(content("/etc/systemd/system/run-yizhan-unsealed.mount")).toContain("Type=ramfs");
    for (const unit of ["station", "backup"]) {
      const text = content(`/etc/systemd/system/yizhan-${unit}.service`);
      expect(text, unit).toContain("ConditionPathExists=/run/yizhan/unsealed/root\n");
      expect(text, unit).toContain("LoadCredential=root:/run/yizhan/unsealed/root\n");
    }
    const others = bundle.files.filter((file) => file.content.includes("/run/yizhan/unsealed/root"));
    expect(others.map((file) => file.path).toSorted()).toEqual([
      "/etc/systemd/system/yizhan-backup.service",
      "/etc/systemd/system/yizhan-restore.service",
      "/etc/systemd/system/yizhan-station.service",
      "/etc/yizhan/agent.json",
      "/etc/yizhan/unseal.json",
    ]);
  }
  const open = renderBundle({ region, site: exampleSite("MZ"), release });
  expect(JSON.stringify(open)).not.toContain("unsealed");
});

test("a bucket's credentials and configuration are the carrier's alone; the keys go where nothing is locked", async () => {
  const region = await loadRegion(directory, "MZ");
  const target = siteSchema.shape.backup.shape.target.parse({
    kind: "s3",
    bucket: "copies",
    region: "af-south-1",
    lockDays: 30,
    keys: { bucket: "keys" },
    credentials: "/root/aws",
  });
  const site = exampleSite("MZ", { backup: { at: "02:30", keep: 14, target } });
  const { files, supplied } = renderBundle({ region, site, release });
  const carries = files.filter((file) => /:\/root\/aws|copies\.json:|:\/etc\/yizhan\/copies/.test(file.content));
  expect(carries.map((file) => file.path.split("/").at(-1))).toEqual(["yizhan-carry.service", "yizhan-fetch.service"]);
  expect(supplied).toContainEqual({ path: "/root/aws", mode: 0o400, what: "aws-credentials" });
  expect(JSON.parse(files.find((file) => file.path === "/etc/yizhan/copies.json")?.content ?? "{}")).toMatchObject({
    replaced: ["/var/lib/yizhan/station/backups/MZ.yzk", "/var/lib/yizhan/station/tombstones.yzt"],
    place: { bucket: "copies", lock: { mode: "compliance", days: 30 }, keys: { bucket: "keys", prefix: "MZ/" } },
  });
});

test("a root under KMS names its key and region, and whose credentials", async () => {
  const region = await loadRegion(directory, "MZ");
  const unseal = {
    kind: "kms",
    keyId: "alias/mz",
    sealed: "/etc/root.json",
    region: "af-south-1",
    credentials: "/root/aws",
  } as const;
  const { files } = renderBundle({ region, site: exampleSite("MZ", { unseal }), release });
  expect(JSON.parse(files.find((file) => file.path === "/etc/yizhan/station.json")?.content ?? "{}")).toMatchObject({
    root: {
      kind: "kms",
      keyId: "alias/mz",
      region: "af-south-1",
      credentials: "/run/credentials/yizhan-station.service/root-aws",
    },
  });
});

test("no unit of ours runs as PostgreSQL's user: with RemoveIPC its end would take the running database's memory away", async () => {
  for (const region of await Promise.all(["MZ", "CN"].map((code) => loadRegion(directory, code))))
    for (const { path, content } of renderBundle({ region, site: exampleSite(region.code), release }).files)
      expect(content, path).not.toContain("User=postgres\n");
});
