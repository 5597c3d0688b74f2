import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { outcomeOf } from "../support/command.ts";

const kit = join(import.meta.dirname, "../../apps/kit/src/main.ts");
const site = `# The clinic in Almaty.
country: KZ
size: clinic
target: { kind: aws, region: eu-central-1, account: "123456789012" } # its licence is in the drawer
names: { station: kz.example.org, meet: meet.kz.example.org, turn: turn.kz.example.org }
address: 192.0.2.1
tls: { kind: internal }
unseal: { kind: file }
alerts: { webhook: "https://alerts.example.org/" }
backup: { at: "02:30", keep: 14, target: { kind: directory, path: /var/lib/yizhan/backups } }
jitsi: false
`;
const inAYear = new Date(Date.now() + 300 * 86_400_000).toISOString().slice(0, 10);
const words = { by: "Aigerim Bek, director", reason: "Permit 12 of the ministry of health, of 3 March 2026" };

async function fleetWith(text: string) {
  const fleet = await mkdtemp(join(tmpdir(), "yizhan-override-"));
  onTestFinished(() => rm(fleet, { recursive: true }));
  const path = join(fleet, "KZ.yaml");
  await writeFile(path, text);
  const yizhan = (...parameters: string[]) =>
    outcomeOf(process.execPath, [kit, ...parameters, "--fleet", fleet], { env: { LANG: "en", LC_ALL: "", LC_MESSAGES: "" } });
  const answer = (flow: string, more: Partial<typeof words> & { until?: string } = {}) => {
    const { by, reason, until } = { ...words, until: inAYear, ...more };
    return yizhan("override", "KZ", "--flow", flow, "--by", by, "--reason", reason, "--until", until);
  };
  const plan = async () => {
    const { code, stdout } = await yizhan("plan", "KZ", "--offline", "--json");
    const [one] = JSON.parse(stdout) as { ok: boolean; refused: string[]; overridden: string[] }[];
    return { code, ...one };
  };
  return { path, answer, plan };
}

test(
  "what the law refuses goes on once a named person answers for it, and the file keeps its comments",
  { timeout: 120_000 },
  async () => {
    const { path, answer, plan } = await fleetWith(site);
    const before = await plan();
    expect([before.ok, before.code === 0]).toEqual([false, false]);
    const flows = [...new Set((before.refused ?? []).flatMap((one) => /^([a-zA-Z]+):/.exec(one)?.[1] ?? []))];
    expect(flows).toContain("records");
    for (const flow of flows) {
      const { code } = await answer(flow);
      expect(code, flow).toBe(flow === "keys" ? 1 : 0);
    }
    const after = await plan();
    expect(after.overridden).toContain(`records: ${words.by}`);
    // Keys are nobody's to give: where they may not stand, the plan stays refused.
    expect((after.refused ?? []).every((one) => one.startsWith("keys:") || one.includes("is not among"))).toBe(true);
    const text = await readFile(path, "utf8");
    expect(text).toContain("# The clinic in Almaty.");
    expect(text).toContain("# its licence is in the drawer");
  },
);

test("without a reason, for keys, for ever or after its day, an override is worth nothing", { timeout: 120_000 }, async () => {
  const { path, answer } = await fleetWith(site);
  for (const [flow, more] of [
    ["records", { reason: "because" }],
    ["records", { by: "me" }],
    ["records", { until: "2026-01-01" }],
    ["records", { until: "2999-12-31" }],
    ["keys", {}],
  ] as const) {
    expect((await answer(flow, more)).stderr).toContain("This override cannot be");
  }
  expect(await readFile(path, "utf8")).toBe(site);
});

test("backups and their keys are judged where they are kept, not where the station stands", { timeout: 120_000 }, async () => {
  const hostKey = "ssh-ed25519 AAAA";
  const refusedWith = async (place: string) => {
    const target = `{ kind: s3, bucket: kz-copies, region: eu-central-1, lockDays: 30, keys: { bucket: kz-keys }, credentials: /etc/aws${place} }`;
    const text = site
      .replace(/^target: .*$/m, `target: { kind: debian, host: 192.0.2.1, hostKey: "${hostKey}" }`)
      .replace(/target: \{ kind: directory.*?\}/, `target: ${target}`);
    const { refused = [] } = await (await fleetWith(text)).plan();
    return refused;
  };
  const abroad = ["backups: backups may not be kept in DE", "keys: keys may not be kept in DE"];
  expect(await refusedWith("")).toEqual(abroad);
  // A store of one's own: where its owner says it stands, or nowhere that is allowed.
  const own = ", endpoint: https://s3.example.kz";
  expect(await refusedWith(own)).toEqual(abroad.map((one) => one.replace("DE", "ZZ")));
  expect(await refusedWith(`${own}, country: KZ`)).toEqual([]);
  expect(await refusedWith(", endpoint: http://127.0.0.1:9000")).toEqual([]);
});
