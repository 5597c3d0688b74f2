import { copyFile, open, readFile, truncate, writeFile } from "node:fs/promises";
import type { Manifest } from "@yizhan/host";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openHost, type RemoteHost } from "../../apps/kit/src/fleet/ssh.ts";
import { applyLine } from "../../apps/kit/src/release/apply-over-ssh.ts";
import type { Archive } from "../../apps/kit/src/release/archive.ts";
import { pushArchive } from "../../apps/kit/src/release/push.ts";
import { bootHost, type TestHost } from "../support/host.ts";
import { smallArchive } from "../support/small-archive.ts";

/** What an empty host refuses before it is touched, and what an upload survives. */
describe("a host that should not be installed", () => {
  let host: TestHost;
  let archive: Archive;
  beforeAll(async () => {
    host = await bootHost({ disk: 700 });
    archive = await smallArchive(host.folder);
    // The first run on a machine makes its Debian.
  }, 400_000);
  afterAll(() => host.remove());

  const target = (hostKey = host.hostKey) => ({ host: host.address, port: 22, user: "root", hostKey, identity: host.identity });
  const withHost = async <T>(work: (remote: RemoteHost) => Promise<T>): Promise<T> => {
    const remote = await openHost(target());
    try {
      return await work(remote);
    } finally {
      await remote.close();
    }
  };
  /** Carries a file to the host as a courier does and asks its installer. */
  const courier = async (path: string, verb = "apply", fingerprint = archive.fingerprint) => {
    await copyFile(path, `${host.disk}/root/mz.yizhan`);
    const bootstrap = "tar -xOf /root/mz.yizhan yizhan-host >/root/yizhan-host";
    return host.outcome(`${bootstrap}; sh /root/yizhan-host ${verb} --archive /root/mz.yizhan --fingerprint ${fingerprint}`);
  };
  const untouched = async () => expect((await host.outcome("test -e /opt/yizhan || test -e /etc/yizhan")).code).toBe(1);

  it("is well before anything is broken", async () => {
    expect(await courier(archive.path, "preflight")).toMatchObject({ code: 0 });
    // Nothing is installed: there is no secret to make a call's credentials from.
    const call = await host.outcome("sh /root/yizhan-host test-call meet.mz.example.org --json");
    expect(call.stdout).toContain("no-calls");
    expect(call.code).toBe(28);
  });

  type Faults = { requires?: Partial<Manifest["requires"]>; madeAt?: string };
  it.each<[string, Faults, string]>([
    ["too small", { requires: { memoryMiB: 4_000_000 } }, "memory: "],
    ["of too little disk", { requires: { diskMiB: 4_000_000 } }, "disk: "],
    ["of an older processor", { requires: { processor: ["avx9000"] } }, "built for a processor with avx9000"],
    ["of another Debian", { requires: { suite: "trixie" } }, "needed: Debian trixie"],
    ["with a clock before the archive", { madeAt: "2099-01-01T00:00:00.000Z" }, "clock: this host's clock"],
  ])("is refused when it is %s", async (_, { requires, ...rest }, says) => {
    const base = archive.manifest.requires;
    const asking = await smallArchive(host.folder, { ...rest, requires: { ...base, ...requires } });
    const refused = await courier(asking.path, "apply", asking.fingerprint);
    expect(refused.stdout).toContain(says);
    expect(refused.code).toBe(12);
    await untouched();
  });

  it("is refused when its clock is not the operator's", async () => {
    await withHost((remote) => pushArchive(remote, archive.path));
    const { stdout, code } = await host.outcome(applyLine(archive.fingerprint, Date.now() - 3_600_000));
    expect(stdout).toMatch(/clock: 3[56]\d\d s from the operator's/);
    expect(code).toBe(12);
    await untouched();
  });

  it("is refused when it is not Debian", async () => {
    await host.exec("cp -L /etc/os-release /root/os; rm /etc/os-release; sed s/debian/ubuntu/ /root/os >/etc/os-release");
    expect(await courier(archive.path)).toMatchObject({ code: 12 });
    await host.exec("cp /root/os /etc/os-release");
    await untouched();
  });

  it("is refused when port 443 is somebody else's", async () => {
    await host.exec("systemd-run --unit=somebody --socket-property=ListenStream=443 /bin/true");
    const refused = await courier(archive.path);
    expect(refused.stdout).toMatch(/443\/tcp is taken by systemd/);
    await host.exec("systemctl stop somebody.socket");
    await untouched();
  });

  describe("an archive", () => {
    const changed = async (change: (bytes: Buffer) => Buffer) => {
      const path = `${archive.path}.changed`;
      await writeFile(path, change(await readFile(archive.path)));
      return path;
    };

    it.each([
      ["without a signature", 6, (bytes: Buffer) => replaced(bytes, "manifest.sig", "manifest.gis")],
      ["whose manifest was altered", 7, (bytes: Buffer) => replaced(bytes, '"sequence": 100', '"sequence": 999')],
      ["whose bundle was altered", 7, (bytes: Buffer) => replaced(bytes, '"digest":"0"', '"digest":"1"')],
    ])("%s is refused", async (_, code, change) => {
      expect(await courier(await changed(change))).toMatchObject({ code });
      await untouched();
    });

    it("that was cut short is refused", async () => {
      await copyFile(archive.path, `${archive.path}.short`);
      await truncate(`${archive.path}.short`, archive.size - 20_000);
      const { code } = await courier(`${archive.path}.short`);
      expect([5, 20]).toContain(code);
      await untouched();
    });

    it("with an altered Node never runs it", async () => {
      const node = archive.manifest.parts.find((part) => part.kind === "node");
      const path = await changed((bytes) => bytes);
      const at = (await readFile(path)).indexOf(`parts/${node?.sha256}`) + 512 + 1_000_000;
      const file = await open(path, "r+");
      await file.write(Buffer.from("X"), 0, 1, at);
      await file.close();
      await host.exec("rm -rf /var/lib/yizhan/host/boot");
      expect(await courier(path)).toMatchObject({ code: 7 });
      await untouched();
    });

    it("of somebody else is refused", async () => {
      const other = await smallArchive(host.folder);
      const { code, stdout } = await courier(other.path);
      expect(stdout).toContain(other.fingerprint);
      expect(code).toBe(8);
      await untouched();
    });
  });

  it("is never spoken to when it shows another key", async () => {
    const other = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
    const remote = await openHost(target(other));
    await expect(pushArchive(remote, archive.path)).rejects.toMatchObject({ code: "host-key-changed" });
    await remote.close();
  });

  it("gets an upload whole though the link drops and the power fails", async () => {
    const large = await smallArchive(host.folder, {}, { ballast: 150_000_000 });
    let stage = 0;
    let sent = 0;
    await withHost((remote) =>
      pushArchive(remote, large.path, {
        pause: () => 200,
        onProgress({ done }) {
          sent = Math.max(sent, done);
          if (stage === 0 && done > 30_000_000) {
            stage = 1;
            void host.linkDown().then(() => host.linkUp());
          }
          if (stage === 1 && done > 70_000_000) {
            stage = 2;
            void host.kill().then(() => host.boot());
          }
        },
      }),
    );
    expect(stage).toBe(2);
    const ballast = large.manifest.parts.find((part) => part.kind === "model");
    expect(await host.exec(`sha256sum </var/lib/yizhan/host/parts/${ballast?.sha256} | cut -c 1-64`)).toBe(ballast?.sha256);
    // The second time nothing is left to send.
    let again = 0;
    await withHost((remote) => pushArchive(remote, large.path, { onProgress: () => (again += 1) }));
    expect(again).toBe(0);
  }, 120_000);

  it("says so when its disk is full, and what arrived is kept", async () => {
    await host.exec(
      "rm -rf /var/lib/yizhan/host/parts; fallocate -l $(($(df --output=avail -B1 /var | tail -n 1) - 30000000)) /var/ballast",
    );
    const full = withHost((remote) => pushArchive(remote, archive.path));
    await expect(full).rejects.toMatchObject({ code: "upload-failed", values: { reason: "No space left on device" } });
    await host.exec("rm /var/ballast");
    await withHost((remote) => pushArchive(remote, archive.path));
  }, 60_000);
}, 300_000);

/** Same length, so that the tar stays one. */
function replaced(bytes: Buffer, from: string, to: string): Buffer {
  const copy = Buffer.from(bytes);
  const at = copy.indexOf(from);
  if (at < 0 || from.length !== to.length) throw new Error(`${from} is not there`);
  copy.write(to, at, "utf8");
  return copy;
}
