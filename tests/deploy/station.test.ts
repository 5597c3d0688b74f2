import { execFile } from "node:child_process";
import { once } from "node:events";
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { checkCertificate, openHandover } from "@yizhan/host";
import { conferenceOf, readRecording, replayConference } from "@yizhan/meet/replay";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { layout } from "../../apps/kit/src/local/layout.ts";
import { planNodes } from "../../apps/kit/src/local/plan.ts";
import { invitationFile, writeInvitation } from "../../apps/kit/src/local/secrets.ts";
import { brokenRelease } from "../support/broken-release.ts";
import { askOverTls, forward, type Operator, operator } from "../support/deploy.ts";
import { fleetUntil } from "../support/fleet.ts";
import { bootHost, type TestHost } from "../support/host.ts";
import { root } from "../support/local.ts";
import { makePair, type Pair, reconfigure, type RunningApp } from "../support/nodes.ts";
import { account, ana, signIn } from "../support/patients.ts";

/** An empty Debian host becomes a station, is upgraded, drifts, goes back, and is handed over: one host, in the order of its life. */
describe("a station on a bare Debian host", () => {
  let host: TestHost;
  let pair: Pair;
  let hub: RunningApp;
  let operating: Operator;
  let archive: string;
  let authority: string;
  let receipt: { caseNumber: string; accessCode: string };

  beforeAll(async () => {
    [host, pair] = await Promise.all([bootHost(), makePair()]);
    // The hub runs on this machine, at its side of the link.
    const { port } = new URL(pair.hubUrl);
    await reconfigure(join(layout(pair.data).node("CN").secrets, "hub.json"), { host: "0.0.0.0" });
    hub = await pair.startHub();
    operating = await operator(host, { hubUrl: "https://hub.example.cn" });
    const [planned, station] = await planNodes(join(root, "regions"), ["CN", "MZ"], Number(port));
    if (planned === undefined || station === undefined) throw new Error("no plan");
    await writeInvitation(layout(pair.data), planned, `http://${host.gateway}:${port}`, station);
    const invitation = await readFile(invitationFile(layout(pair.data), station));
    await writeFile(join(operating.fleet, "MZ.invitation.json"), invitation);
    archive = join(operating.fleet, "mz.yizhan");
    // The first run on a machine makes its Debian.
  }, 400_000);
  afterAll(async () => {
    try {
      await hub.stop();
    } finally {
      await host.remove();
    }
  });

  const apply = () => operating.kit("apply", "MZ", archive);
  const status = async (number = receipt) => {
    const asked = { method: "POST", body: number };
    return JSON.parse((await askOverTls(host, authority, "/api/cases/status", asked)).body) as { status: string };
  };

  it("is made an archive, refused to a wrong passphrase afterwards", async () => {
    const passphrase = join(operating.fleet, "passphrase");
    const made = await operating.kit("bundle", "MZ", "-o", archive, "--passphrase-file", passphrase, "--this-machine");
    expect(made.output).toMatch(/Signed by: (?:[0-9A-Z]{4}-){7}[0-9A-Z]{4}/);
    expect(made.code).toBe(0);
    await writeFile(join(operating.fleet, "wrong"), "five words for trials\n");
    const refused = await operating.kit("bundle", "MZ", "-o", archive, "--passphrase-file", join(operating.fleet, "wrong"));
    expect(refused.output).toContain("The passphrase does not open");
    expect(refused.code).toBe(1);
  }, 240_000);

  it("is installed over SSH, though the power fails half-way", async () => {
    const cut = operating.start("apply", "MZ", archive);
    const cutOff = once(cut.process, "exit");
    await Promise.race([cut.line("on the host: release"), cutOff]);
    await host.kill();
    await host.boot();
    expect((await cutOff)[0], cut.output()).not.toBe(0);
    expect(JSON.parse(await host.exec("sh /var/lib/yizhan/host/inbox/yizhan-host status --json")).result).toMatchObject({
      installed: false,
      unfinished: expect.any(String),
    });
    const done = await apply();
    expect(done.output).toMatch(/changes/);
    expect(done.code).toBe(0);
    authority = await host.exec("cat /etc/yizhan/tls/authority.pem");
  }, 400_000);

  it("takes a worker's request for care through nginx's TLS", async () => {
    const answer = await askOverTls(host, authority, "/api/intake", {
      method: "POST",
      body: ana,
      headers: { "idempotency-key": crypto.randomUUID() },
    });
    expect(answer.status).toBe(201);
    receipt = JSON.parse(answer.body);
    expect(receipt.caseNumber).toMatch(/^MZ-/);
    expect(await status()).toMatchObject({ status: "open" });
  });

  it("is healthy on the hub's fleet page, with the case counted", async () => {
    const watching = await signIn(pair.hubUrl, account(pair.hubSecrets, "operator"));
    const { station } = await fleetUntil(pair.hubUrl, watching, (one) => one.opened >= 1 && one.status === "healthy", 30_000);
    expect(station.node).toBe("MZ");
  }, 40_000);

  it("captions a conversation in English", async () => {
    const speech = await forward(host, 4811);
    try {
      const token = await host.exec("cat /etc/yizhan/secrets/speech-token");
      const recording = await readRecording(join(root, "apps/speech/recordings/consult-en-pt.jsonl.gz"));
      const { speakers } = recording.header;
      const languages = speakers.map((one) => [one.endpointId, { language: one.language, name: one.name ?? one.id }] as const);
      const told = await fetch(`${speech.url}/sessions/visit/languages`, {
        method: "PUT",
        headers: { authorization: `Bearer ${token}`, "content-type": "application/json" },
        body: JSON.stringify(Object.fromEntries(languages)),
      });
      expect(told.ok).toBe(true);
      const stop = new AbortController();
      const heard: string[] = [];
      const replay = replayConference({
        url: `${speech.url.replace(/^http/, "ws")}/transcribe?sessionId=visit&sendBack=true`,
        token,
        items: conferenceOf(recording),
        speed: 1,
        requests: ["en"],
        signal: stop.signal,
        onMessage(message) {
          if (message.event !== "transcription-result" || message.type === "translation-result" || message.is_interim) return;
          heard.push(message.transcript.map((part) => part.text).join(" "));
          if (heard.length >= 2) stop.abort();
        },
      });
      // Two lines are enough: the test itself ends the conference.
      await expect(replay).rejects.toThrow("aborted");
      expect(heard.join(" ").length).toBeGreaterThan(20);
    } finally {
      await speech.close();
    }
  }, 240_000);

  it("is not changed by the same archive again, nor by two operators at once", async () => {
    const [one, other] = await Promise.all([apply(), apply()]);
    expect([one.code, other.code].toSorted(), `${one.output}${other.output}`).toEqual([0, 1]);
    expect(`${one.output}${other.output}`).toMatch(/nothing to change/);
    expect(`${one.output}${other.output}`).toMatch(/locked: Process \d+ holds this host/);
  }, 120_000);

  it("says what was changed by hand, and puts it back", async () => {
    expect(await host.outcome("yizhan-host drift")).toMatchObject({ code: 0 });
    await host.exec("echo '# a quick fix' >>/etc/nginx/nginx.conf; chmod 644 /etc/yizhan/station.json; systemctl stop nftables");
    await host.exec("install -D /dev/null /etc/systemd/system/yizhan-station.service.d/mine.conf && systemctl daemon-reload");
    const drift = await host.outcome("yizhan-host drift");
    expect(drift.code).toBe(16);
    for (const name of ["/etc/nginx/nginx.conf", "mode 644", "nftables.service", "mine.conf"])
      expect(drift.stdout).toContain(name);
    await host.exec("rm -r /etc/systemd/system/yizhan-station.service.d/mine.conf; systemctl daemon-reload");
    expect((await apply()).output).toMatch(/3 changes|[3-6] changes/);
    expect(await host.outcome("yizhan-host drift")).toMatchObject({ code: 0 });
  }, 120_000);

  it("goes back with its data when a new release is not healthy, and takes no older archive", async () => {
    const good = await host.exec("readlink /opt/yizhan/current");
    const bad = await brokenRelease(archive, operating.fleet, "four words for trials");
    const refused = await operating.kit("apply", "MZ", bad);
    expect(refused.output).toMatch(/rolled-back/);
    expect(refused.code).toBe(1);
    expect(await host.exec("readlink /opt/yizhan/current")).toBe(good);
    expect(await status()).toMatchObject({ status: "open" });
    const older = await apply();
    expect(older.output).toMatch(/archive-older/);
  }, 240_000);

  it("is wiped and comes back from a snapshot", async () => {
    const { result } = JSON.parse((await host.exec("yizhan-host snapshot --json")).split("\n").at(-1) ?? "") as {
      result: { id: string };
    };
    await host.exec("runuser -u postgres -- psql -q -d yizhan -c 'drop schema public cascade'; rm -rf /var/lib/yizhan/station/*");
    await host.exec(`yizhan-host rollback --to ${result.id}`);
    expect(await status()).toMatchObject({ status: "open" });
  }, 180_000);

  it("leaves a handover archive and nothing else", async () => {
    const { result } = JSON.parse((await host.exec("yizhan-host status --json")).split("\n").at(-1) ?? "") as {
      result: { hostKey: string };
    };
    const key = await host.exec("cat /etc/yizhan/secrets/root");
    await host.exec("cat >/root/who", "those who take over\n");
    await host.exec("yizhan-host handover --passphrase-file /root/who");
    expect((await host.exec("ls /root/yizhan-handover")).split("\n")).toEqual(["MZ.destruction.json", "MZ.handover"]);
    for (const path of ["/opt/yizhan", "/etc/yizhan", "/var/lib/yizhan", "/var/lib/postgresql", "/usr/local/sbin/yizhan-host"])
      expect((await host.outcome(`test -e ${path}`)).code, path).toBe(1);
    expect(await host.exec("getent passwd | grep -c yizhan || true")).toBe("0");
    expect(await host.exec("dpkg -l | grep -c -E '^ii +(nginx|postgresql|coturn)' || true")).toBe("0");
    const folder = join(host.disk, "root/yizhan-handover");
    const certificate: unknown = JSON.parse(await readFile(join(folder, "MZ.destruction.json"), "utf8"));
    expect(checkCertificate(certificate, result.hostKey)?.keys.map((one) => one.name)).toContain("root");
    // Whoever takes over has the records and the key that opens them.
    const tar = join(operating.fleet, "handed-over.tar");
    await writeFile(tar, openHandover(join(folder, "MZ.handover"), { passphrase: "those who take over" }));
    const list = (await promisify(execFile)("tar", ["-tf", tar])).stdout;
    expect(list).toMatch(/databases\/yizhan\.dump/);
    const root = await promisify(execFile)("tar", ["-xOf", tar, "etc/yizhan/secrets/root"]);
    expect(root.stdout.trim()).toBe(key);
  }, 180_000);
}, 1_500_000);
