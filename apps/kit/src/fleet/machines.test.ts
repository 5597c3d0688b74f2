import { siteSchema } from "@yizhan/bundle";
import { expect, test } from "vitest";
import { openText } from "../text.ts";
import { eachMachine, handTo, machineLine, machinesOf, madeByStation } from "./machines.ts";
import type { RemoteHost, RunOptions } from "./ssh.ts";
import { openStation } from "./stations.ts";

const text = await openText("en");
const hostKey = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8b7N1p0ZlJx1m0l0m0l0m0l0m0l0m0l0m0l0m0l0m0";
const made: Readonly<Record<string, string>> = {
  "/etc/yizhan/secrets/speech-token": "a-token",
  "/etc/yizhan/secrets/machine-key": "a-key",
  "/etc/yizhan/machines/certificate.pem": "a-certificate",
};

/** A host that remembers what it was asked, and has what a station made. */
function remembering() {
  const asked: { readonly command: string; readonly input: RunOptions["input"] }[] = [];
  const host: RemoteHost = {
    target: { host: "192.0.2.4", port: 22, user: "root", hostKey },
    async run(command, { input, onLine } = {}) {
      asked.push({ command, input });
      if (command.includes("apply")) onLine?.('{"type":"changed","what":"/etc/yizhan/machines/token"}');
      return { code: 0, stdout: made[command.replace(/^cat /, "")] ?? "", stderr: "" };
    },
    close: async () => undefined,
  };
  return { asked, host };
}

test("what a station made for its machines goes through inputs alone, never through a command", async () => {
  const { asked, host } = remembering();
  const handed = await madeByStation(host);
  expect([...handed.keys()].toSorted()).toEqual(["certificate.pem", "key.pem", "token"]);
  asked.length = 0;
  expect(await handTo(host, handed, () => undefined)).toMatchObject({ ok: true, changed: ["/etc/yizhan/machines/token"] });
  const commands = asked.map(({ command }) => command);
  for (const secret of Object.values(made)) expect(commands.join("\n")).not.toContain(secret);
  expect(asked.flatMap(({ input }) => (typeof input === "string" ? [input] : [])).toSorted()).toEqual(
    Object.values(made).toSorted(),
  );
  for (const command of commands.slice(0, -1))
    expect(command).toMatch(/^umask 077 && cat > \/var\/lib\/yizhan\/host\/inbox\/given\//);
  expect(commands.at(-1)).toBe("/usr/local/sbin/yizhan-host apply --inbox --json");
});

test("a machine that cannot be reached has its own entry, and the others are asked nevertheless", async () => {
  const none = { path: "", state: "", keys: "", settings: {}, countries: [], sitePath: () => "" };
  const station = await openStation(none, "MZ", { madeUp: true });
  // Nobody listens at port 9.
  const speech = ["127.0.0.1", "127.0.0.2"].map((address) => ({ address, port: 9, hostKey, identity: "key" }));
  const site = siteSchema.parse({ ...station.site, machines: { speech } });
  expect(machinesOf("/fleet", { site })).toMatchObject([{ host: "127.0.0.1", identity: "/fleet/key" }, { host: "127.0.0.2" }]);
  const entries = await eachMachine("/fleet", { ...station, site }, text, async (host) => {
    await host.run("true");
    return { ok: true };
  });
  expect(entries).toMatchObject(
    speech.map(({ address }) => ({ address, role: "speech", ok: false, error: { code: "host-unreachable" } })),
  );
  expect(entries.map((entry) => machineLine(entry)).join("\n")).toContain("127.0.0.2: ");
});
