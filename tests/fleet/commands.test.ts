import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { outcomeOf } from "../support/command.ts";

const kit = join(import.meta.dirname, "../../apps/kit/src/main.ts");
const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIGk0c3Rvbi1rZXktZm9yLXRlc3RzLW9ubHktMDAwMDAw";
let fleet = "";

beforeEach(async () => (fleet = await mkdtemp(join(tmpdir(), "yizhan-fleet-"))));
afterEach(() => rm(fleet, { recursive: true }));

const yizhan = (...parameters: string[]) =>
  outcomeOf(process.execPath, [kit, ...parameters, "--fleet", fleet], { env: { LANG: "en", LC_ALL: "", LC_MESSAGES: "" } });
/** A site that nobody answers for: port 9 of this machine. */
const site = (country: string) =>
  yizhan(
    "new",
    country,
    "--host",
    "127.0.0.1",
    "--port",
    "9",
    "--host-key",
    key,
    "--size",
    "clinic",
    "--name",
    "st.example.org",
    "--email",
    "a@example.org",
    "--relay",
    "starttls://mail.example.org:587",
  );
const entries = (stdout: string) => JSON.parse(stdout) as ({ country: string; ok: boolean } & Record<string, unknown>)[];

describe("plan", () => {
  it("plans every country without a site file, a host or a cloud", { timeout: 60_000 }, async () => {
    const { code, stdout } = await yizhan("plan", "--all", "--json");
    const found = entries(stdout);
    expect(found.length).toBeGreaterThanOrEqual(65);
    expect(new Set(found.map((one) => one.country)).size).toBe(found.length);
    for (const one of found) expect(one).toMatchObject({ ok: true, madeUp: true, refused: [], broken: [] });
    expect(code).toBe(0);
  });

  it("is one table for people, and says that it is no legal advice", { timeout: 60_000 }, async () => {
    const { code, stdout } = await yizhan("plan", "AE", "MZ", "TH");
    expect(stdout).toMatch(/MZ .*debian 192\.0\.2\.1 \(no site file yet\).*clinic.*own server/);
    expect(stdout).toContain("This is not legal advice");
    expect(code).toBe(0);
  });

  it("refuses records abroad: an AWS region of another country", async () => {
    await site("MZ");
    const path = join(fleet, "MZ.yaml");
    const text = await readFile(path, "utf8");
    await writeFile(
      path,
      text.replace(/target:\n( {2}.*\n)+/, 'target: { kind: aws, region: us-east-1, account: "123456789012" }\n'),
    );
    const { code, stdout } = await yizhan("plan", "MZ", "--json");
    const [one] = entries(stdout);
    expect(one).toMatchObject({ country: "MZ", ok: false });
    expect(String(one?.["refused"])).toContain("us-east-1");
    expect(String(one?.["refused"])).toContain("records");
    expect(code).toBe(1);
  });

  it("knows what a month on AWS costs, of when its prices are, and what cannot be made there", async () => {
    await yizhan(
      "new",
      "TH",
      "--aws-region",
      "ap-southeast-7",
      "--account",
      "123456789012",
      "--size",
      "district",
      "--name",
      "th.example.org",
      "--address",
      "192.0.2.9",
      "--email",
      "a@example.org",
    );
    const { stdout } = await yizhan("plan", "TH", "--json");
    expect(entries(stdout)[0]).toMatchObject({
      ok: true,
      where: "aws ap-southeast-7",
      cost: { usd: expect.any(Number), priceList: expect.stringMatching(/^\d{4}-\d\d-\d\d$/) },
    });
    // A nation there would be several stations behind one name: neither planned nor made.
    const path = join(fleet, "TH.yaml");
    await writeFile(path, (await readFile(path, "utf8")).replace("size: district", "size: national"));
    const refused = await yizhan("plan", "TH", "--json");
    expect(entries(refused.stdout)[0]).toMatchObject({ ok: false, refused: [expect.stringContaining("size national on AWS")] });
    expect(refused.code).toBe(1);
    const passphrase = join(fleet, "passphrase");
    await writeFile(passphrase, "for a trial\n", { mode: 0o600 });
    const up = await yizhan("up", "TH", "--passphrase-file", passphrase, "--json");
    expect(up.stdout + up.stderr).toContain("size national on AWS");
    expect(up.code).toBe(1);
  });

  it("says what happened, what was left, what to do", async () => {
    await site("MZ");
    const { code, stdout, stderr } = await yizhan("plan", "MZ");
    expect(stdout).toContain("does not answer");
    expect(stderr).toContain("Nothing was sent to the host and nothing was made.");
    expect(stderr).toContain("Check power, network and the address");
    expect(code).toBe(1);
  });

  it("names the place of every fault of a site file", async () => {
    await writeFile(join(fleet, "MZ.yaml"), "country: MZ\nsize: huge\n");
    const { code, stdout } = await yizhan("plan", "MZ", "--json");
    expect(entries(stdout)[0]).toMatchObject({
      country: "MZ",
      ok: false,
      error: { code: "site-invalid", message: expect.stringMatching(/MZ\.yaml:2/) },
    });
    expect(code).toBe(1);
  });
});

describe("new", () => {
  it("writes a site file that plan takes, readable by its owner only", async () => {
    expect((await site("MZ")).code).toBe(0);
    const text = await readFile(join(fleet, "MZ.yaml"), "utf8");
    expect(text).toContain(key);
    const { stdout } = await yizhan("plan", "MZ", "--offline", "--json");
    expect(entries(stdout)[0]).toMatchObject({ ok: true, madeUp: false, where: "debian 127.0.0.1" });
  });

  it("never writes over one, and takes no key that nobody compared", async () => {
    await site("MZ");
    expect((await site("MZ")).stderr).toContain("MZ.yaml");
    const { code, stderr } = await yizhan("new", "ZM", "--host", "127.0.0.1", "--port", "9", "--size", "clinic");
    expect(stderr).toContain("does not answer");
    expect(code).toBe(1);
  });

  it("says which option is missing where nobody can be asked", async () => {
    const { code, stderr } = await yizhan("new", "ZM");
    expect(stderr).toContain("--size is missing");
    expect(code).toBe(1);
  });
});

describe("waves", () => {
  it("stop at the first that fails, and say who was not reached", async () => {
    for (const country of ["MZ", "ZM", "ZW"]) await site(country);
    const { code, stdout, stderr } = await yizhan("status", "--all", "--wave", "1,rest", "--json");
    expect(entries(stdout)).toMatchObject([
      { country: "MZ", ok: false, error: { code: "host-unreachable" } },
      { country: "ZM", ok: false, notReached: true },
      { country: "ZW", ok: false, notReached: true },
    ]);
    expect(stderr).toContain("Wave 1: MZ");
    expect(code).toBe(1);
  });

  it("are for countries that have a site", async () => {
    const { code, stderr } = await yizhan("drift", "--all");
    expect(stderr).toContain("has no site file");
    expect(code).toBe(1);
  });
});

describe("up", () => {
  it("asks for the passphrase rather than taking one as an argument", async () => {
    await site("MZ");
    const { code, stderr } = await yizhan("up", "MZ");
    expect(stderr.toLowerCase()).toContain("passphrase");
    expect(code).toBe(1);
  });

  it("judges the host before a release is made", async () => {
    await site("MZ");
    const { code, stdout } = await yizhan("up", "MZ", "--direct", "--open-key", "--json");
    expect(entries(stdout)[0]).toMatchObject({
      ok: false,
      error: { code: "host-unreachable", left: "Nothing was sent to the host and nothing was made." },
    });
    expect(code).toBe(1);
  });
});
