import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { loadRegion, loadRegions } from "@yizhan/region";
import { afterAll, beforeAll, expect, test } from "vitest";
import { stringify } from "yaml";
import { handedToMachine, madeForMachines } from "./machines.ts";
import { renderBundle } from "./render.ts";
import { parseSite, type Site } from "./site.ts";
import { certificateIn, run } from "./testing/programs.ts";
import { exampleSite } from "./testing/site.ts";

const regions = join(import.meta.dirname, "../../../regions");
const region = await loadRegion(regions, "MZ");
const release = "0.1.0";
const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8b7N1p0ZlJx1m0l0m0l0m0l0m0l0m0l0m0l0m0l0m0";
const machine = (address: string, port = 22) => ({ address, port, user: "root", hostKey });
const machines = { speech: [{ ...machine("192.0.2.9"), inside: "10.0.0.9" }, machine("2001:db8::a", 2222)] };
const site = exampleSite("MZ", { machines, localAddress: "10.0.0.4" });
const station = renderBundle({ region, site, release });
const speech = renderBundle({ region, site, release, role: "speech" });
const contentOf = ({ files }: typeof station, path: string) => files.find((file) => file.path === path)?.content ?? "";

let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "yizhan-machines-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));
const put = async (name: string, content: string) => {
  await writeFile(join(folder, name), content);
  return join(folder, name);
};

test("of every country both are the same bytes again, each path once, and a hub has none", async () => {
  for (const one of await loadRegions(regions)) {
    const given = exampleSite(one.code, { machines });
    if (one.role === "hub") {
      expect(() => renderBundle({ region: one, site: given, release })).toThrow(/is the hub, which hears nobody/);
      continue;
    }
    for (const role of [undefined, "speech"] as const) {
      const input = { region: one, site: given, release, ...(role === undefined ? {} : { role }) };
      const bundle = renderBundle(input);
      for (const list of [bundle.files, bundle.directories]) {
        const paths = list.map(({ path }) => path);
        expect(new Set(paths).size, one.code).toBe(paths.length);
      }
      const known = new Set(bundle.secrets.map(({ name }) => name));
      for (const { path, content } of bundle.files)
        for (const [, name = ""] of content.matchAll(/@@secret:([\w.-]+)@@/g)) expect(known.has(name), path).toBe(true);
      expect(JSON.stringify(renderBundle(structuredClone(input)))).toBe(JSON.stringify(bundle));
    }
  }
  expect(() => renderBundle({ region, site: exampleSite("MZ"), release, role: "speech" })).toThrow(/names no machine that hears/);
});

test("a machine that hears has the models and nothing of a station; the station has no model", () => {
  expect(speech).toMatchObject({ role: "speech", databases: [], clusters: [], secrets: [] });
  expect(speech.models).toEqual(renderBundle({ region, site: exampleSite("MZ"), release }).models);
  expect(speech.models.length).toBeGreaterThan(2);
  expect(station.models).toEqual([]);
  expect(speech.units.map(({ name }) => name).filter((name) => /postgres|prosody|coturn|station|backup|wg-/.test(name))).toEqual(
    [],
  );
  expect(speech.debian.packages.filter((name) => /postgres|prosody|coturn|jdk/.test(name))).toEqual([]);
  expect(speech.supplied.map(({ path, mode }) => [path, mode & 0o077])).toEqual([
    [handedToMachine.token, 0],
    [handedToMachine.certificate, 0o044],
    [handedToMachine.key, 0],
  ]);
  // The kit brings them by these names.
  expect(new Set(speech.supplied.map(({ path }) => basename(path))).size).toBe(3);
  const unit = contentOf(speech, "/etc/systemd/system/yizhan-speech.service");
  expect(unit).toContain(`LoadCredential=token:${handedToMachine.token}`);
  expect(unit).toContain("ExecStart=/opt/yizhan/current/bin/node");
  expect(unit).toMatch(/apps\/speech\/src\/main\.ts$/m);
  expect(unit).toContain("MemoryMax=80%");
});

test("the station gives conferences to its machines at the speech service's own port, and may speak to nobody else", () => {
  const config = JSON.parse(contentOf(station, "/etc/yizhan/speech.json")) as object;
  expect(config).toMatchObject({
    host: "127.0.0.1",
    port: 4811,
    certificateName: "machine.mz.example.org",
    machines: [
      { name: "192.0.2.9", url: "https://10.0.0.9:8443" },
      { name: "2001:db8::a", url: "https://[2001:db8::a]:8443" },
    ],
  });
  const unit = contentOf(station, "/etc/systemd/system/yizhan-speech.service");
  expect(unit).toMatch(/apps\/speech\/src\/spread\/main\.ts$/m);
  expect(unit).toContain("IPAddressDeny=any");
  expect([...unit.matchAll(/^IPAddressAllow=(.*)$/gm)].map(([, to]) => to)).toEqual(["localhost", "10.0.0.9", "2001:db8::a"]);
  expect(unit).toContain(`LoadCredential=certificate:${madeForMachines.certificate}`);
  // Whether each is there counts for how the station is, and holds up no installation: the station comes first.
  const each = station.health.filter(({ elsewhere }) => elsewhere === true).map(({ url }) => url);
  expect(each).toEqual([
    "http://127.0.0.1:4811/machines/192.0.2.9/healthz",
    "http://127.0.0.1:4811/machines/2001%3Adb8%3A%3Aa/healthz",
  ]);
  const agent = JSON.parse(contentOf(station, "/etc/yizhan/agent.json")) as { urls: { name: string; url: string }[] };
  expect(agent.urls).toEqual(expect.arrayContaining([{ name: "speech 192.0.2.9", url: each[0] }]));
});

test("a machine lets the station in at its port, and besides it the operator alone", async () => {
  const rules = contentOf(speech, "/etc/nftables.conf");
  expect(rules).toContain("ip saddr 10.0.0.4 tcp dport 8443 accept");
  expect(rules).toMatch(/^\s*tcp dport \{ 22, 2222 \} accept$/m);
  expect(rules).not.toMatch(/dport \{[^}]*\b(?:80|443)\b/);
  await run("nft", ["-c", "-f", await put("speech.nft", rules)]);
  const six = exampleSite("MZ", { machines: { ...machines, station: "2001:db8::4" } });
  const other = contentOf(renderBundle({ region, site: six, release, role: "speech" }), "/etc/nftables.conf");
  expect(other).toContain("ip6 saddr 2001:db8::4 tcp dport 8443 accept");
  await run("nft", ["-c", "-f", await put("six.nft", other)]);
});

test("nginx, systemd and the shell take what is rendered for them", async () => {
  const { certificate, key } = await certificateIn(folder);
  const text = contentOf(speech, "/etc/nginx/nginx.conf")
    .replaceAll(handedToMachine.certificate, certificate)
    .replaceAll(handedToMachine.key, key)
    .replaceAll("/run/nginx.pid", join(folder, "nginx.pid"))
    .replaceAll(/(listen (?:\[::\]:)?)8443\b/g, "$118443");
  await run("nginx", ["-t", "-q", "-c", await put("nginx.conf", text), "-p", folder]);
  const units = [...speech.files, ...station.files].filter(({ path }) => /\/yizhan-(?:speech|machine)[^/]*\.service$/.test(path));
  expect(units).toHaveLength(3);
  const paths: string[] = [];
  for (const [index, { path, content }] of units.entries())
    paths.push(await put(`${index}-${basename(path)}`, content.replaceAll(/^ExecStart=\S+/gm, "ExecStart=/bin/true")));
  expect((await run("systemd-analyze", ["verify", "--man=no", "--recursive-errors=no", ...paths])).stderr).toBe("");
});

test("the certificate is made once, for the name that the station asks for", async () => {
  const script = contentOf(station, "/usr/local/lib/yizhan/machine-certificate")
    .replaceAll(madeForMachines.certificate, join(folder, "made.pem"))
    .replaceAll(madeForMachines.key, join(folder, "made.key"));
  const path = await put("make", script);
  await run("sh", [path]);
  const sum = async () => (await run("sha256sum", [join(folder, "made.pem"), join(folder, "made.key")])).stdout;
  const first = await sum();
  await run("sh", [path]);
  expect(await sum()).toBe(first);
  const shown = await run("openssl", ["x509", "-in", join(folder, "made.pem"), "-noout", "-ext", "subjectAltName"]);
  expect(shown.stdout).toContain("DNS:machine.mz.example.org");
});

test.each<[string, Partial<Site>, RegExp]>([
  [
    "a machine twice",
    { machines: { speech: [machine("192.0.2.9"), machine("192.0.2.9")] } },
    /speech\.1\.address: .*named twice/,
  ],
  ["the station itself", { machines: { speech: [machine("192.0.2.4")] } }, /speech\.0\.address: the station's own/],
  ["no machine", { machines: { speech: [] } }, /machines\.speech/],
  ["a key that is none", { machines: { speech: [{ ...machine("192.0.2.9"), hostKey: "" }] } }, /speech\.0\.hostKey: a line as/],
  [
    "machines on AWS",
    { machines, target: { kind: "aws", region: "af-south-1", account: "123456789012" } },
    /machines: on AWS a station is one machine/,
  ],
])("%s is refused with its place", (_what, more, message) => {
  expect(() => parseSite(stringify(exampleSite("MZ", more)), "fleet/MZ.yaml")).toThrow(message);
});
