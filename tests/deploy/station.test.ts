import { appendFile, copyFile, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { checkCertificate, openHandover } from "@yizhan/host";
import { conferenceOf, readRecording, replayConference } from "@yizhan/meet/replay";
import { passphraseRoot } from "@yizhan/vault";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { brokenRelease } from "../support/broken-release.ts";
import { askOverTls, forward, type Laptop, laptopOf, road, streamOverTls, type TlsSite, withFills } from "../support/deploy.ts";
import { stationIn } from "../support/fleet.ts";
import { type Handbook, readHandbook } from "../support/handbook.ts";
import { bootHost, type TestHost } from "../support/host.ts";
import { root } from "../support/local.ts";
import { ana } from "../support/patients.ts";

type Entry = { country: string; ok: boolean; notReached?: boolean; error?: { code: string; left: string } } & Record<
  string,
  unknown
>;

/** What people type who open the station. */
const opening = "ten words that nobody here would guess";

/**
 * docs/deploy.md, word for word: two empty Debian hosts become a hub and a station, live, are changed by hand, upgraded badly,
 * wiped, brought back, and handed over. One life in its order.
 */
describe("the deployment page, followed by an operator", () => {
  let page: Handbook;
  let hub: TestHost;
  let host: TestHost;
  /** Hears for the station, once it is named in its site file. */
  let machine: TestHost;
  let laptop: Laptop;
  let ways: { close(): Promise<void> }[] = [];
  let hubSite: TlsSite;
  let site: TlsSite;
  let receipt: { caseNumber: string; accessCode: string };

  beforeAll(async () => {
    [hub, host, machine, page] = await Promise.all([
      bootHost(),
      bootHost(),
      bootHost(),
      readHandbook(join(root, "docs/deploy.md")),
    ]);
    laptop = await laptopOf(hub);
    const key = await readFile(`${hub.identity}.pub`, "utf8");
    for (const one of [host, machine]) await one.exec("cat >>/root/.ssh/authorized_keys", key);
    // The station's own link leads to this machine alone; what stands for the internet is one port to the hub, and for a network of its own one to its machine.
    ways = [await road(host, hub, 443), await road(host, machine, 8443)];
    await host.exec(`printf '127.0.0.1 localhost\\n${host.gateway} hub.example.org\\n' >/etc/hosts`);
    // The first run on a machine makes its Debian.
  }, 400_000);
  afterAll(async () => {
    await Promise.all(ways.map((way) => way.close()));
    await Promise.all([hub?.remove(), host?.remove(), machine?.remove()]);
  });

  /** A line of the page on the laptop, with its placeholders filled in. */
  const filled = (start: string, fills: Readonly<Record<string, string>> = {}) => {
    const line = page.take(start);
    const makes = /^\.\/yizhan (?:up|bundle) /.test(line);
    const address = { "192.0.2.3": hub.address, "192.0.2.4": host.address, ...fills };
    return [makes ? `${line} --this-machine` : line, address] as const;
  };
  const start = (line: string, fills?: Readonly<Record<string, string>>) => laptop.start(...filled(line, fills));
  const run = (line: string, fills?: Readonly<Record<string, string>>) => start(line, fills).ended;
  const done = async (line: string, fills?: Readonly<Record<string, string>>) => {
    const { code, output, stdout } = await run(line, fills);
    expect(code, output).toBe(0);
    return stdout;
  };
  const entriesOf = (stdout: string) => JSON.parse(stdout) as Entry[];
  /** On its own screen. */
  const fingerprintOf = async (server: TestHost) => /SHA256:\S+/.exec(await server.exec(page.take("ssh-keygen -lf")))?.[0] ?? "";
  const status = async () => {
    const asked = { method: "POST", body: receipt };
    return JSON.parse((await askOverTls(site, "/api/cases/status", asked)).body) as { status: string };
  };

  it("makes the site files and plans, each server's key compared", async () => {
    const other = await run("./yizhan new CN ", { "SHA256:…": await fingerprintOf(host) });
    expect(other.code, other.output).toBe(1);
    await done("./yizhan new CN ", { "SHA256:…": await fingerprintOf(hub) });
    await done("./yizhan new MZ ", { "SHA256:…": await fingerprintOf(host) });
    await Promise.all([done("./yizhan plan CN"), done("./yizhan plan MZ")]);
  }, 240_000);

  it("installs the hub over SSH; a station by courier meanwhile, whose power fails, and whose invitation is missing", async () => {
    const byCourier = async () => {
      const made = await done("./yizhan bundle MZ -o mz.yizhan --passphrase-file passphrase");
      const fills = { "XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX-XXXX": /(?:[0-9A-Z]{4}-){7}[0-9A-Z]{4}/.exec(made)?.[0] ?? "" };
      await copyFile(join(laptop.folder, "mz.yizhan"), join(host.disk, "root/mz.yizhan"));
      const follow = (line: string) => host.start(`cd /root && ${withFills(page.take(line), fills)}`);
      const there = (line: string) => follow(line).ended;
      expect(made).toContain((await there("sha256sum mz.yizhan")).stdout.slice(0, 64));
      expect(await there("tar -xOf mz.yizhan")).toMatchObject({ code: 0 });
      expect(await there("sh yizhan-host preflight")).toMatchObject({ code: 0 });
      const cut = follow("sh yizhan-host apply");
      await cut.until(/^· release/);
      await host.kill();
      await cut.ended;
      await host.boot();
      const refused = await there("sh yizhan-host apply");
      expect(refused.output).toContain("invitation.json was not given");
      expect(refused.code).toBe(17);
    };
    await Promise.all([done("./yizhan up CN --direct --passphrase-file passphrase"), byCourier()]);
    hubSite = { address: hub.address, name: "hub.example.org", authority: await hub.exec("cat /etc/yizhan/tls/authority.pem") };
    await done("./yizhan invite MZ");
  }, 600_000);

  it("goes on over SSH where the courier stopped, though sessions are cut and the power fails", async () => {
    await writeFile(join(laptop.folder, "wrong"), "five words for trials\n");
    const line = "./yizhan up MZ --direct --passphrase-file passphrase";
    const refused = await run(line, { "--passphrase-file passphrase": "--passphrase-file wrong" });
    expect(refused.output).toContain("The passphrase does not open");
    expect(refused.code).toBe(1);
    const cut = start(line);
    await cut.until(/^MZ {2}sending .*modules/);
    await host.exec("pkill -f '[s]shd: root@notty'");
    await cut.until(/^MZ {2}on the host: services/);
    await host.kill();
    await host.boot();
    const { code, output } = await cut.ended;
    expect(output).toContain("What was done before the failure is kept");
    expect(code).toBe(1);
    await done(line);
    site = { address: host.address, name: "mz.example.org", authority: await host.exec("cat /etc/yizhan/tls/authority.pem") };
  }, 600_000);

  it("takes a worker's request for care through nginx's TLS", async () => {
    const answer = await askOverTls(site, "/api/intake", {
      method: "POST",
      body: ana,
      headers: { "idempotency-key": crypto.randomUUID() },
    });
    expect(answer.status, answer.body).toBe(201);
    receipt = JSON.parse(answer.body);
    expect(receipt.caseNumber).toMatch(/^MZ-/);
    expect(await status()).toMatchObject({ status: "open" });
  });

  it("is healthy on the hub's fleet page, with the case counted", async () => {
    const passphrase = await hub.exec("cat /etc/yizhan/secrets/staff-operator");
    const signedIn = await askOverTls(hubSite, "/api/sign-in", { method: "POST", body: { name: "operator", passphrase } });
    expect(signedIn.status, signedIn.body).toBe(200);
    const stop = AbortSignal.timeout(30_000);
    const events = streamOverTls(hubSite, "/api/fleet/events", { headers: { cookie: signedIn.cookie } }, stop);
    const { station } = await stationIn(events, (one) => one.opened >= 1 && one.status === "healthy", 30_000);
    expect(station.node).toBe("MZ");
  }, 120_000);

  it("is heard for by a further machine, which whoever has no token asks in vain", async () => {
    const file = join(laptop.folder, "fleet/MZ.yaml");
    const { hostKey } = machine;
    const speech = [{ address: machine.address, inside: host.gateway, hostKey, identity: "~/.ssh/id_ed25519" }];
    await appendFile(file, `machines: ${JSON.stringify({ station: machine.gateway, speech })}\n`);
    const up = await done("./yizhan up MZ --direct --passphrase-file passphrase", { "--direct": "--direct --json" });
    expect(entriesOf(up)).toMatchObject([{ ok: true, machines: [{ address: machine.address, role: "speech", ok: true }] }]);
    const authority = await host.exec("cat /etc/yizhan/machines/certificate.pem");
    const door = { address: machine.address, port: 8443, name: "machine.mz.example.org", authority };
    expect(await askOverTls(door, "/sessions")).toMatchObject({ status: 401 });
    await expect(askOverTls({ ...door, name: "mz.example.org" }, "/sessions")).rejects.toThrow(/unrecognized name|alert/i);
  }, 600_000);

  it("captions a conversation in English at the station's own speech address, on that machine", async () => {
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
      // Every engine runs as the service's own user, inside its walls.
      const { participants } = (await told.json()) as { participants: { language: string; captions: boolean }[] };
      expect(participants.map(({ language, captions }) => [language, captions])).toEqual([
        ["en", true],
        ["pt", true],
      ]);
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
      const figures = await fetch(`${speech.url}/metrics`, { headers: { authorization: `Bearer ${token}` } });
      expect(await figures.text()).toContain(`yizhan_speech_machine_conferences{machine="${machine.address}"} 1`);
    } finally {
      await speech.close();
    }
  }, 600_000);

  it("has made its first backup by itself, and says on its health page how it is", async () => {
    await host.exec("bash -c 'grep -q -m 1 \"Finished yizhan-backup\" < <(journalctl -f -n all -o cat -u yizhan-backup)'");
    await host.exec("systemctl start yizhan-agent");
    expect(await askOverTls(site, "/health")).toMatchObject({ status: 200, body: expect.stringContaining("✓") });
    const bad = Object.keys(JSON.parse(await host.exec("cat /var/lib/yizhan/agent/memory.json")) as object);
    for (const check of ["service:station", "service:speech", "time:backup", "time:restore test", "certificate"])
      expect(bad).not.toContain(check);
  }, 240_000);

  it("changes nothing the second time, in waves, and locks a second operator out", async () => {
    const [old, young] = ["a", "b"].map((letter) => `/var/lib/yizhan/host/parts/${letter.repeat(64)}`);
    await host.exec(`touch -d '8 days ago' ${old}; touch ${young}`);
    const json = { "--direct": "--direct --json" };
    const one = start("./yizhan up --all --wave 1,5,rest --direct", json);
    await one.until(/^MZ {2}on the host: packages/);
    // Held where it is, so that the other one comes for certain before it is done.
    await host.exec("pkill -STOP -f '[m]ain.ts apply'");
    const other = await run("./yizhan up MZ --direct", json);
    await host.exec("pkill -CONT -f '[m]ain.ts apply'");
    expect(entriesOf(other.stdout), other.output).toMatchObject([{ country: "MZ", ok: false, error: { code: "locked" } }]);
    expect(other.code).toBe(1);
    const { code, stdout, output } = await one.ended;
    expect(entriesOf(stdout), output).toMatchObject([
      { country: "CN", ok: true, changed: [] },
      { country: "MZ", ok: true, changed: [] },
    ]);
    expect(output).toContain("Wave 2: MZ");
    expect(code).toBe(0);
    // What an earlier release left is gone; what somebody may be sending is not.
    expect(await host.exec(`ls ${old} ${young} 2>&1 || true`)).toContain(`cannot access '${old}'`);
    await host.exec(`rm ${young}`);
  }, 600_000);

  it("says what was changed by hand, and puts it back", async () => {
    await host.exec("echo '# a quick fix' >>/etc/nginx/nginx.conf; chmod 644 /etc/yizhan/station.json; systemctl stop nftables");
    await host.exec("install -D /dev/null /etc/systemd/system/yizhan-station.service.d/mine.conf && systemctl daemon-reload");
    const drift = await run("./yizhan drift --all --json");
    expect(drift.code).toBe(1);
    expect(entriesOf(drift.stdout)).toMatchObject([
      { country: "CN", ok: true },
      { country: "MZ", ok: false },
    ]);
    for (const name of ["/etc/nginx/nginx.conf", "mode 644", "nftables.service", "mine.conf"])
      expect(drift.stdout).toContain(name);
    await host.exec("rm -r /etc/systemd/system/yizhan-station.service.d/mine.conf; systemctl daemon-reload");
    const [, put] = await Promise.all([
      done("./yizhan rotate CN"),
      done("./yizhan up MZ --direct", { "--direct": "--direct --json" }),
    ]);
    expect(entriesOf(put)[0]?.changed).toEqual(expect.arrayContaining(["/etc/nginx/nginx.conf", "/etc/yizhan/station.json"]));
    await done("./yizhan drift --all --json");
  }, 600_000);

  it("goes back with its data when a new release is not healthy, and takes no older archive", async () => {
    const good = await host.exec("readlink /opt/yizhan/current");
    const line = page.take("./yizhan apply MZ mz.yizhan");
    const older = await laptop.run(line);
    expect(older.output).toMatch(/archive-older/);
    const fleet = join(laptop.folder, "fleet");
    await rename(
      await brokenRelease(join(fleet, "prepared/MZ.yizhan"), fleet, "four words for trials"),
      join(laptop.folder, "mz.yizhan"),
    );
    const refused = await laptop.run(line);
    expect(refused.output).toMatch(/rolled-back/);
    expect(refused.code).toBe(1);
    expect(await host.exec("readlink /opt/yizhan/current")).toBe(good);
    expect(await status()).toMatchObject({ status: "open" });
  }, 600_000);

  it("is wiped and comes back from its sealed backup", async () => {
    await done("./yizhan backup MZ --fleet fleet -o mz.yzb --keys mz.yzk");
    const wipe = (port: number, database: string) =>
      host.exec(
        `runuser -u postgres -- psql -q -p ${port} -d ${database} -c 'drop schema public cascade; create schema public authorization "yizhan-station"'`,
      );
    await host.exec("systemctl stop yizhan-station");
    await Promise.all([wipe(5432, "yizhan"), wipe(5433, "yizhan_keys"), host.exec("rm -rf /var/lib/yizhan/station/*")]);
    await done("./yizhan restore MZ mz.yzb --keys mz.yzk --fleet fleet");
    expect(await status()).toMatchObject({ status: "open" });
    const all = entriesOf(await done("./yizhan status --all --json"));
    expect(all).toMatchObject([
      { country: "CN", ok: true },
      { country: "MZ", ok: true },
    ]);
  }, 600_000);

  it("goes back to a snapshot on purpose", async () => {
    await done("./yizhan rollback MZ");
    expect(await status()).toMatchObject({ status: "open" });
  }, 600_000);

  it("is opened by people from then on, with the root it had; after a power cut it waits for them", async () => {
    const file = join(laptop.folder, "fleet/MZ.yaml");
    const text = await readFile(file, "utf8");
    await writeFile(file, text.replace(/^(unseal:\s*(?:\{\s*)?kind: )file/m, "$1passphrase"));
    const had = await host.exec("cat /etc/yizhan/secrets/root");
    const again = await run("./yizhan up MZ --direct --passphrase-file passphrase");
    expect(again.output).toContain("MZ is sealed and serves nobody yet");
    expect(again.code, again.output).toBe(0);
    expect((await askOverTls(site, "/api/station")).status).toBe(502);

    const unseal = (words: string) => run("./yizhan unseal MZ", { "unseal MZ": `unseal MZ <${words}` });
    await writeFile(join(laptop.folder, "opening"), `${opening}\n`);
    await writeFile(join(laptop.folder, "guess"), "whatever somebody might guess\n");
    expect(await unseal("opening")).toMatchObject({ code: 0 });
    expect(await status()).toMatchObject({ status: "open" });
    // In memory alone, and the same: what it sealed opens.
    expect(await host.exec("cat /run/yizhan/unsealed/root")).toBe(had);
    expect((await host.outcome("test -e /etc/yizhan/secrets/root")).code).toBe(1);
    expect(await host.exec(`grep -rlF ${had} /etc /var/lib/yizhan /opt/yizhan/current/infra || true`)).toBe("");

    await host.kill();
    await host.boot();
    // Until all that starts by itself has started.
    await host.outcome("systemctl is-system-running --wait");
    expect((await askOverTls(site, "/api/station")).status).toBe(502);
    const { stdout, code } = await run("./yizhan status --all --json");
    expect(entriesOf(stdout)).toMatchObject([
      { country: "CN", ok: true },
      { country: "MZ", ok: false, result: { sealed: true } },
    ]);
    expect(code).toBe(1);
    const refused = await unseal("guess");
    expect(refused.output).toContain("This is not the passphrase.");
    expect(refused.code).toBe(1);
    expect(await unseal("opening")).toMatchObject({ code: 0 });
    expect(await status()).toMatchObject({ status: "open" });
    expect(await host.exec(`journalctl -o cat | grep -cF "${opening}" || true`)).toBe("0");
  }, 600_000);

  it("leaves a handover archive and nothing else", async () => {
    const key = await host.exec("cat /run/yizhan/unsealed/root");
    await writeFile(join(laptop.folder, "successor"), "those who take over\n");
    // What a timer began is still running when all of it goes.
    await host.exec(
      "install -d /run/systemd/system/yizhan-agent.service.d && printf '[Service]\\nTimeoutStartSec=infinity\\nExecStartPre=sleep infinity\\n' >/run/systemd/system/yizhan-agent.service.d/hangs.conf && systemctl daemon-reload && systemctl restart --no-block yizhan-agent",
    );
    await done("./yizhan down MZ --direct --yes --passphrase-file successor");
    expect((await host.exec("ls /root/yizhan-handover")).split("\n")).toEqual(["MZ.destruction.json", "MZ.handover"]);
    for (const path of ["/opt/yizhan", "/etc/yizhan", "/var/lib/yizhan", "/var/lib/postgresql", "/usr/local/sbin/yizhan-host"])
      for (const one of [host, machine]) expect((await one.outcome(`test -e ${path}`)).code, path).toBe(1);
    expect(await host.exec("getent passwd | grep -c yizhan || true")).toBe("0");
    expect(await host.exec("dpkg -l | grep -c -E '^ii +(nginx|postgresql|coturn)' || true")).toBe("0");
    const folder = join(laptop.folder, "fleet/handover");
    const { hostKey } = JSON.parse(await readFile(join(folder, "MZ.last-status.json"), "utf8")) as { hostKey: string };
    const certificate: unknown = JSON.parse(await readFile(join(folder, "MZ.certificate.json"), "utf8"));
    expect(checkCertificate(certificate, hostKey)?.keys.map((one) => one.name)).toContain("root");
    // Whoever takes over has the records and, with the passphrase, the key that opens them.
    const tar = join(laptop.folder, "handed-over.tar");
    await writeFile(tar, openHandover(join(folder, "MZ.handover"), { passphrase: "those who take over" }));
    const list = (await promisify(execFile)("tar", ["-tf", tar])).stdout;
    expect(list).toMatch(/databases\/yizhan\.dump/);
    const kept = await promisify(execFile)("tar", ["-xOf", tar, "etc/yizhan/secrets/root.json"]);
    expect(Buffer.from(await passphraseRoot(JSON.parse(kept.stdout), "MZ", opening)).toString("hex")).toBe(key);
  }, 600_000);

  it("was followed whole, but for what the page itself names", () => {
    expect(page.left().toSorted()).toEqual(page.listed("What was not run").toSorted());
  });
}, 3_000_000);
