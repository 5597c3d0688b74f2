import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { loadRegion } from "@yizhan/region";
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderBundle } from "./render.ts";
import { certificateIn, run } from "./testing/programs.ts";
import { exampleSite } from "./testing/site.ts";
import type { BundleFile } from "./types.ts";

// Each rendered file is read by the program that it is for.
const release = "0.1.0";
let folder = "";
let files: readonly BundleFile[] = [];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "yizhan-bundle-"));
  const region = await loadRegion(join(import.meta.dirname, "../../../regions"), "MZ");
  files = renderBundle({ region, site: exampleSite("MZ"), release }).files;
});
afterAll(() => rm(folder, { recursive: true, force: true }));

function contentOf(path: string): string {
  const found = files.find((file) => file.path === path);
  if (found === undefined) throw new Error(`${path} is not rendered`);
  return found.content.replaceAll(/@@secret:[\w.-]+@@/g, "a".repeat(64));
}

async function put(path: string, content: string): Promise<string> {
  const at = join(folder, path);
  await mkdir(dirname(at), { recursive: true });
  await writeFile(at, content);
  return at;
}

test("nginx takes its configuration", async () => {
  const { key, certificate: pem } = await certificateIn(folder);
  const text = contentOf("/etc/nginx/nginx.conf")
    .replaceAll("/etc/yizhan/tls/key.pem", key)
    .replaceAll("/etc/yizhan/tls/certificate.pem", pem)
    .replaceAll("/run/nginx.pid", join(folder, "nginx.pid"))
    .replaceAll(/(listen (?:\[::\]:)?)(80|443)\b/g, "$118$2");
  const { stderr } = await run("nginx", ["-t", "-q", "-c", await put("nginx.conf", text), "-p", folder]);
  expect(stderr.replaceAll(/.*\[warn\].*\n/g, "")).toBe("");
});

test("prosody takes its configuration", async () => {
  const { certificate: pem, key } = await certificateIn(folder);
  const text = contentOf("/etc/prosody/prosody.cfg.lua")
    .replaceAll("/etc/yizhan/tls/key.pem", key)
    .replaceAll("/etc/yizhan/tls/certificate.pem", pem);
  await mkdir(join(folder, "certs"), { recursive: true });
  // It gives root's rights up before it reads.
  await chmod(folder, 0o755);
  const { stdout } = await run("prosodyctl", ["--config", await put("prosody.cfg.lua", text), "check", "config"]);
  expect(stdout).toContain("All checks passed");
  const wrong = await put("prosody.cfg.lua", text.replace("modules_enabled = {", "modules_enabled = "));
  await expect(run("prosodyctl", ["--config", wrong, "check", "config"])).rejects.toThrow();
});

test("the rooms' module and every script can be read", async () => {
  const scripts = files.filter((file) => file.content.startsWith("#!/bin/sh"));
  expect(scripts.length).toBeGreaterThan(1);
  for (const { path, content } of scripts) await run("sh", ["-n", await put(path, content)]);
  const lua = await put("rooms.lua", contentOf("/etc/prosody/yizhan/mod_yizhan_rooms.lua"));
  await run("luac5.4", ["-p", lua]);
});

test("nftables takes its rules", async () => {
  await run("nft", ["-c", "-f", await put("nftables.conf", contentOf("/etc/nftables.conf"))]);
});

test("systemd takes every unit", async () => {
  const units = files.filter((file) => /^\/etc\/systemd\/system\/[^/]+\.(?:service|timer)$/.test(file.path));
  expect(units.length).toBeGreaterThan(3);
  const paths = await Promise.all(
    units.map((unit) => put(unit.path, unit.content.replaceAll(/^ExecStart=\S+/gm, "ExecStart=/bin/true"))),
  );
  const { stderr } = await run("systemd-analyze", ["verify", "--man=no", "--recursive-errors=no", ...paths]);
  expect(stderr).toBe("");
});

test("sshd takes its settings", async () => {
  const { stdout } = await run("sh", [
    "-c",
    `mkdir -p /run/sshd && ssh-keygen -q -t ed25519 -N '' -f ${folder}/host && $(command -v /usr/sbin/sshd) -T -f ${await put("sshd.conf", `HostKey ${folder}/host\n${contentOf("/etc/ssh/sshd_config.d/10-yizhan.conf")}`)}`,
  ]);
  expect(stdout).toContain("passwordauthentication no");
});

test("the host's own authority makes a certificate for every name", async () => {
  const script = contentOf("/usr/local/lib/yizhan/certificate")
    .replaceAll("/etc/yizhan/tls", join(folder, "tls"))
    .replaceAll(/chgrp .*\n/g, "")
    .replaceAll("systemctl is-active --quiet", "false");
  await mkdir(join(folder, "tls"));
  const path = await put("make", script);
  await run("sh", [path]);
  await run("sh", [path]);
  const { stdout } = await run("openssl", [
    "x509",
    "-in",
    join(folder, "tls/certificate.pem"),
    "-noout",
    "-ext",
    "subjectAltName",
  ]);
  for (const name of ["mz.example.org", "meet.mz.example.org", "turn.mz.example.org"]) expect(stdout).toContain(`DNS:${name}`);
  await run("openssl", ["verify", "-CAfile", join(folder, "tls/authority.pem"), join(folder, "tls/certificate.pem")]);
});

test("a certificate over ACME takes the place of the host's own, and of one that lacks a name", async () => {
  const region = await loadRegion(join(import.meta.dirname, "../../../regions"), "MZ");
  const here = await mkdtemp(join(folder, "acme-"));
  const tls = { kind: "acme", email: "a@example.org" } as const;
  /** The scripts as a host has them, in a folder; lego is one that gives what it is asked for and notes how it was asked. */
  const scripts = async (meet: string) => {
    const site = exampleSite("MZ", { tls, names: { station: "mz.example.org", meet, turn: "turn.mz.example.org" } });
    const files = new Map(renderBundle({ region, site, release }).files.map((one) => [one.path, one.content]));
    const put = async (name: string) => {
      const text = (files.get(`/usr/local/lib/yizhan/${name}`) ?? "")
        .replaceAll("/etc/yizhan/tls", join(here, "tls"))
        .replaceAll("/var/lib/yizhan/acme-account", join(here, "account"))
        .replaceAll(/chgrp .*\n/g, "")
        .replaceAll("systemctl is-active --quiet", "false");
      await writeFile(join(here, name), text);
      return join(here, name);
    };
    return { own: await put("certificate"), asking: await put("certificate-over-acme") };
  };
  await Promise.all(["tls", "account/certificates", "bin"].map((name) => mkdir(join(here, name), { recursive: true })));
  const lego = `#!/bin/sh
echo "$*" >>${here}/asked
out=${here}/account/certificates/mz.example.org
names=$(echo "$*" | grep -o 'domains [^ ]*' | sed 's/domains /DNS:/' | paste -sd ,)
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 90 -subj /CN=ca -addext "subjectAltName=$names" -keyout $out.key -out $out.crt 2>/dev/null
`;
  await writeFile(join(here, "bin/lego"), lego, { mode: 0o755 });
  const shell = (path: string) => run("env", [`PATH=${join(here, "bin")}:${process.env["PATH"] ?? ""}`, "sh", path]);
  const serving = () => readFile(join(here, "tls/certificate.pem"), "utf8");
  const issued = () => readFile(join(here, "account/certificates/mz.example.org.crt"), "utf8");
  const asked = async () => (await readFile(join(here, "asked"), "utf8")).trim().split("\n");

  const { own, asking } = await scripts("meet.mz.example.org");
  await shell(own);
  const first = await serving();
  await shell(own);
  expect(await serving()).toBe(first);
  await shell(asking);
  expect(await serving()).toBe(await issued());
  expect(await asked()).toEqual([expect.stringMatching(/--domains turn\.mz\.example\.org run$/)]);
  // Neither a restart nor a second look changes what serves.
  await shell(own);
  await shell(asking);
  expect(await serving()).toBe(await issued());
  expect(await asked()).toHaveLength(1);

  const other = await scripts("calls.mz.example.org");
  await shell(other.own);
  expect(await serving()).not.toBe(await issued());
  await shell(other.asking);
  expect(await serving()).toBe(await issued());
  expect((await asked()).at(-1)).toMatch(/--domains calls\.mz\.example\.org .*run$/);
  expect(
    (await run("openssl", ["x509", "-in", join(here, "tls/certificate.pem"), "-noout", "-ext", "subjectAltName"])).stdout,
  ).toContain("DNS:calls.mz.example.org");
});

test("wg-quick takes the link to the hub", async () => {
  const peer = { publicKey: `${"A".repeat(43)}=`, endpoint: "hub.example.cn:51820", allowed: ["10.80.0.1/32"] };
  const region = await loadRegion(join(import.meta.dirname, "../../../regions"), "MZ");
  const bundle = renderBundle({ region, site: exampleSite("MZ", { wireguard: { address: "10.80.0.2/32", peer } }), release });
  const text = bundle.files.find((file) => file.path === "/etc/wireguard/hub.conf")?.content ?? "";
  const path = await put("hub.conf", text.replace("@@secret:wireguard@@", `${"B".repeat(43)}=`));
  await chmod(path, 0o600);
  expect((await run("wg-quick", ["strip", path])).stdout).toContain("AllowedIPs = 10.80.0.1/32");
});

test("the newest backup is carried away whole, apart from the keys that open it, and old copies go", async () => {
  const script = contentOf("/usr/local/lib/yizhan/backup-out")
    .replaceAll("/var/lib/yizhan/station", join(folder, "station"))
    .replaceAll("/var/lib/yizhan/backups", join(folder, "away"))
    .replaceAll("/mnt/keys", join(folder, "keys"));
  await mkdir(join(folder, "station/backups"), { recursive: true });
  await mkdir(join(folder, "away"));
  await mkdir(join(folder, "keys"));
  const path = await put("backup-out", script);
  await expect(run("sh", [path])).rejects.toThrow(/there is no backup/);
  await put("station/backups/MZ.yzk", "keys");
  await put("station/tombstones.yzt", "forgotten");
  for (let day = 10; day < 26; day += 1) {
    await put(`station/backups/MZ-202611${day}T003000Z.yzb`, `day ${day}`);
    await run("sh", [path]);
  }
  const away = (await readdir(join(folder, "away"))).toSorted();
  expect(away.filter((name) => name.endsWith(".yzb"))).toHaveLength(14);
  expect(away).toEqual(expect.arrayContaining(["MZ-20261125T003000Z.yzb", "tombstones.yzt"]));
  expect(away).not.toContain("MZ.yzk");
  expect(await readdir(join(folder, "keys"))).toEqual(["MZ.yzk"]);
});
