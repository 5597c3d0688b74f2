import { execFile } from "node:child_process";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { loadRegion } from "@yizhan/region";
import { afterAll, beforeAll, expect, test } from "vitest";
import { renderBundle } from "./render.ts";
import { exampleSite } from "./testing/site.ts";
import type { BundleFile } from "./types.ts";

// Each rendered file is read by the program that it is for.
const run = promisify(execFile);
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

async function certificate(): Promise<{ key: string; certificate: string }> {
  const key = join(folder, "key.pem");
  const pem = join(folder, "certificate.pem");
  await run(
    "openssl",
    ["req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"].concat([
      "-keyout",
      key,
      "-out",
      pem,
      "-days",
      "1",
      "-subj",
      "/CN=x",
    ]),
  );
  return { key, certificate: pem };
}

test("nginx takes its configuration", async () => {
  const { key, certificate: pem } = await certificate();
  const text = contentOf("/etc/nginx/nginx.conf")
    .replaceAll("/etc/yizhan/tls/key.pem", key)
    .replaceAll("/etc/yizhan/tls/certificate.pem", pem)
    .replaceAll("/run/nginx.pid", join(folder, "nginx.pid"))
    .replaceAll(/(listen (?:\[::\]:)?)(80|443)\b/g, "$118$2");
  const { stderr } = await run("nginx", ["-t", "-q", "-c", await put("nginx.conf", text), "-p", folder]);
  expect(stderr.replaceAll(/.*\[warn\].*\n/g, "")).toBe("");
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
