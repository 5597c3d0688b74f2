import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { StackInput } from "@yizhan/infra";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { exampleSite } from "../../packages/bundle/src/testing/site.ts";
import { checkCalls } from "../../apps/kit/src/fleet/calls.ts";
import { runDirect } from "../../apps/kit/src/fleet/direct.ts";
import { handOverStation } from "../../apps/kit/src/fleet/hand-over.ts";
import { hostKeyFingerprint, scanHostKey } from "../../apps/kit/src/fleet/host-key.ts";
import { hostVerb } from "../../apps/kit/src/fleet/host-verb.ts";
import { askHost, judgeHost } from "../../apps/kit/src/fleet/preflight.ts";
import { openHost, type RemoteHost } from "../../apps/kit/src/fleet/ssh.ts";
import { bootHost, type TestHost } from "../support/host.ts";
import { stackInputFor } from "./stack.ts";

let folder = "";
let machine: TestHost;
let host: RemoteHost;
let input: StackInput;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "yizhan-direct-"));
  machine = await bootHost();
  input = await stackInputFor(machine, folder);
  host = await openHost({ host: machine.address, port: 22, user: "root", hostKey: machine.hostKey, identity: machine.identity });
  // The first run on a machine makes its Debian.
}, 400_000);
afterAll(async () => {
  await host?.close();
  await machine?.remove();
  await rm(folder, { recursive: true, force: true });
});

const calls = async () =>
  (await machine.exec("cat /var/lib/yizhan/host/calls 2>/dev/null || true")).split("\n").filter((line) => line !== "");
const forget = () => machine.exec("rm -f /var/lib/yizhan/host/calls /var/lib/yizhan/host/fail");

/** The program against a real machine over a real SSH, in its own order, with no engine. */
describe("a country's program, run directly", () => {
  it("finds a Debian host, and what it lacks", async () => {
    const facts = await askHost(host);
    expect(facts).toMatchObject({ id: "debian", version: "12", uid: 0, systemd: true, installed: false });
    const codes = judgeHost({ ...facts, memoryKib: 8 * 1024 ** 2, diskKib: 99 * 1024 ** 2 }, "clinic", Date.now() / 1000).map(
      (fault) => fault.code,
    );
    expect(codes.filter((code) => code !== "processor-old")).toEqual([]);
    expect(hostKeyFingerprint(await scanHostKey(machine.address, 22))).toBe(hostKeyFingerprint(machine.hostKey));
  });

  it("has no installer yet, and says so", async () => {
    await expect(hostVerb(host, "status")).rejects.toMatchObject({ code: "host-not-installed" });
  });

  it("brings the small files whole, then applies, then asks how it is", async () => {
    const { changed, steps } = await runDirect(input, host);
    expect(steps.slice(0, 2).toSorted()).toEqual(["mz-host-inbox-manifest.json", "mz-host-inbox-yizhan-host"]);
    expect(steps.slice(2)).toEqual(["mz-host-apply", "mz-host-health"]);
    expect(changed).toEqual(["release"]);
    expect(await calls()).toEqual(["apply", "status"]);
    expect(await machine.exec("stat -c %a /var/lib/yizhan/host/inbox/manifest.json; ls /var/lib/yizhan/host/inbox")).toBe(
      "600\nmanifest.json\nyizhan-host",
    );
  });

  it("changes nothing the second time", async () => expect((await runDirect(input, host)).changed).toEqual([]));

  it("stops at the step that fails, with the installer's own code, and goes on when it is put right", async () => {
    await forget();
    await machine.exec("touch /var/lib/yizhan/host/fail");
    await writeFile(join(folder, "manifest.json"), "a newer one");
    await expect(runDirect(input, host)).rejects.toMatchObject({ code: "disk-full", remedy: "Make room." });
    expect(await calls()).toEqual(["apply"]);
    await machine.exec("rm /var/lib/yizhan/host/fail");
    expect((await runDirect(input, host)).changed).toEqual(["release"]);
    expect(await calls()).toEqual(["apply", "apply", "status"]);
  });

  it("says nothing to a host with another key", async () => {
    await forget();
    const other = await openHost({ ...host.target, hostKey: otherKey });
    await expect(runDirect(input, other)).rejects.toMatchObject({ code: "host-key-changed" });
    await other.close();
    expect(await calls()).toEqual([]);
  });

  it("says that it is not let in", async () => {
    const { identity: _, ...target } = host.target;
    const stranger = await openHost({ ...target, user: "daemon" });
    await expect(stranger.run("true")).rejects.toMatchObject({ code: "host-refused" });
    await stranger.close();
  });

  it("tells drift from well", async () => {
    await machine.exec(
      "cp /var/lib/yizhan/host/inbox/yizhan-host /usr/local/sbin/yizhan-host && chmod 755 /usr/local/sbin/yizhan-host",
    );
    expect(await hostVerb(host, "drift", { accept: [16] })).toMatchObject({ exitCode: 0, result: [] });
    await machine.exec("touch /var/lib/yizhan/host/drifted");
    expect(await hostVerb(host, "drift", { accept: [16] })).toMatchObject({ exitCode: 16, result: ["/etc/nginx/nginx.conf"] });
  });

  it("asks from outside for a call and a relay with what the host gives out; where nobody listens, that is said of each", async () => {
    const site = exampleSite("MZ", { address: machine.address });
    const calls = await checkCalls(site, host);
    const closed = { ok: false, fault: "closed" };
    expect(calls).toMatchObject({
      ok: false,
      turn: { ok: false, outcomes: { udp: closed, tcp: closed, tls: closed } },
      room: { ok: false, people: 3, signedIn: 0, fault: "closed" },
    });
    expect(await checkCalls({ ...site, jitsi: false }, host)).toBeUndefined();
  });

  it("is handed over: the sealed archive arrives whole, with the certificate", async () => {
    await forget();
    const file = join(folder, "passphrase");
    await writeFile(file, "for the ministry\n", { mode: 0o600 });
    const sizes: number[] = [];
    const done = await handOverStation(host, {
      country: "MZ",
      folder: join(folder, "handover"),
      sealedFor: { kind: "passphrase", file },
      fetching: (size) => sizes.push(size),
    });
    expect(sizes).toEqual([3_000_000]);
    const archive = await readFile(done.archive);
    expect([archive.length, createHash("sha256").update(archive).digest("hex")]).toEqual([3_000_000, done.sha256]);
    expect(JSON.parse(await readFile(done.certificate, "utf8"))).toEqual({ destroyed: true });
    expect(await machine.exec("cat /var/lib/yizhan/host/sealed-for")).toBe("for the ministry");
    expect(await calls()).toEqual(["status", "handover"]);
    expect(JSON.parse(await readFile(join(folder, "handover/MZ.last-status.json"), "utf8"))).toEqual({ health: "good" });
    expect(await machine.exec("ls /root/yizhan-handover")).toBe("MZ.handover");
  });

  it("says that a host without a link does not answer", async () => {
    await machine.linkDown();
    const waiting = await openHost(host.target, { connectSeconds: 2 });
    await expect(waiting.run("true")).rejects.toMatchObject({ code: "host-unreachable" });
    await machine.linkUp();
    expect((await waiting.run("true")).code).toBe(0);
    await waiting.close();
  });
});

const otherKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGk0c3Rvbi1rZXktZm9yLXRlc3RzLW9ubHktMDAwMDAw";
