import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { type DebianNeed, needDebian } from "../debian.ts";
import { fetchingEnvironment, jitsiFolder, pulumiHome, root } from "../environment.ts";
import { KitError } from "../errors.ts";
import { infra } from "../fleet/engine.ts";
import { planNodes } from "../local/plan.ts";
import { layout } from "../local/layout.ts";
import { fetchModels, fetchModelsFor } from "../models.ts";
import type { Text } from "../text.ts";
import { defaultData } from "../environment.ts";
import { buildWeb } from "../web-build.ts";

/** The real parts the tests use. */
const needs: readonly DebianNeed[] = [
  { package: "git", shows: "git" },
  { package: "python3-pip", shows: "pip3" },
  { package: "chromium", shows: "chromium" },
  { package: "fonts-noto-core", shows: "/usr/share/fonts/truetype/noto/NotoSans-Regular.ttf" },
  { package: "fonts-noto-cjk", shows: "/usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc" },
  { package: "postgresql", shows: "/usr/lib/postgresql" },
  { package: "sox", shows: "sox" },
  { package: "espeak-ng", shows: "espeak-ng" },
  { package: "pocketsphinx-testdata", shows: "/usr/share/pocketsphinx/test/data" },
  { package: "asterisk-core-sounds-es-wav", shows: "/usr/share/asterisk/sounds/es_MX_f_Allison" },
  { package: "default-jdk-headless", shows: "javac" },
  { package: "maven", shows: "mvn" },
  { package: "openssh-client", shows: "ssh-keyscan" },
  { package: "debootstrap", shows: "debootstrap" },
  { package: "systemd-container", shows: "systemd-nspawn" },
  { package: "nginx-light", shows: "nginx" },
  { package: "prosody", shows: "prosodyctl" },
  { package: "lua-basexx", shows: "/usr/share/lua/5.2/basexx.lua" },
  { package: "lua-cjson", shows: "/usr/share/lua/5.4/cjson/util.lua" },
  { package: "lua-luaossl", shows: "/usr/share/lua/5.4/openssl/ssl.lua" },
  { package: "lua-inspect", shows: "/usr/share/lua/5.3/inspect.lua" },
  { package: "coturn", shows: "turnserver" },
  { package: "nftables", shows: "nft" },
  { package: "openssh-server", shows: "/usr/sbin/sshd" },
  { package: "systemd", shows: "systemd-analyze" },
  { package: "openssl", shows: "openssl" },
  { package: "msmtp", shows: "msmtp" },
  { package: "wireguard-tools", shows: "wg-quick" },
  { package: "logrotate", shows: "logrotate" },
  { package: "apertium", shows: "apertium" },
  { package: "apertium-es-pt", shows: "/usr/share/apertium/apertium-es-pt" },
];

/** `yizhan test`: format, lint, types, unused code, then every test. */
export async function test(filters: readonly string[], text: Text): Promise<void> {
  await needDebian(needs, (packages) => console.log(text("test.installing", { packages: packages.join(" ") })));
  if (filters.length === 0) {
    await step("oxfmt", ["--check", "."]);
    await step("oxlint", ["--deny-warnings"]);
    await step("tsc", ["--noEmit"]);
    await step("knip", []);
  }
  await buildWeb();
  await fetchTestModels(["CN", "MZ"]);
  await step("vitest", ["run", ...filters]);
}

/** `yizhan test --engine`: the real Pulumi engine on a booted host. Where no engine is found its tests are not run, and not counted. */
export async function testEngine(text: Text): Promise<void> {
  const { findEngine } = await infra();
  const home = pulumiHome();
  const engine = await findEngine(home);
  if (engine === undefined) {
    const tests = (await testsIn("tests/engine/stack.engine.ts")) + (await testsIn("tests/engine/state.engine.ts"));
    console.log(text("test.engine-missing", { tests }));
    return;
  }
  console.log(text("test.engine", { version: engine.version?.version ?? "", path: engine.command }));
  await needDebian(needs, (packages) => console.log(text("test.installing", { packages: packages.join(" ") })));
  await step("vitest", ["run", "--config", "tests/engine/vitest.config.ts"], { PULUMI_HOME: home });
}

/** What of Jitsi a folder has to hold, laid out as its Debian packages lay it out below `/usr/share`. */
const jitsiNeeds = [
  "jicofo/jicofo.sh",
  "jitsi-videobridge/jvb.sh",
  "jitsi-meet/prosody-plugins/mod_auth_token.lua",
  "jitsi-meet/libs/lib-jitsi-meet.min.js",
];

/** `yizhan test --jitsi`: a call of three over a real Jitsi with the rendered files. Where none is given its tests are not run, and not counted. */
export async function testJitsi(text: Text): Promise<void> {
  const folder = jitsiFolder();
  const missing = folder === undefined ? "YIZHAN_JITSI" : jitsiNeeds.find((path) => !existsSync(join(folder, path)));
  if (folder === undefined || missing !== undefined) {
    const tests = await testsIn("tests/jitsi/conference.jitsi.ts");
    console.log(text("test.jitsi-missing", { tests, missing: missing ?? "" }));
    return;
  }
  console.log(text("test.jitsi", { path: folder }));
  await needDebian(needs, (packages) => console.log(text("test.installing", { packages: packages.join(" ") })));
  await fetchTestModels(["MZ"]);
  await step("vitest", ["run", "--config", "tests/jitsi/vitest.config.ts"], { YIZHAN_JITSI: folder });
}

async function testsIn(path: string): Promise<number> {
  return (await readFile(join(root, path), "utf8")).match(/^\s*it\(/gm)?.length ?? 0;
}

/** Before the tests, and not within one: a slow line would be a test that took too long. */
async function fetchTestModels(countries: readonly string[]): Promise<void> {
  const regions = await planNodes(join(root, "regions"), [...countries], 4800);
  const { models } = layout(defaultData);
  const say = (line: string) => console.log(line);
  await fetchModelsFor(
    regions.map((node) => node.region),
    models,
    say,
  );
  // The voice, which no station needs to start with.
  await fetchModels(["kokoro-82m"], models, say);
}

async function step(command: string, parameters: readonly string[], extra: Readonly<Record<string, string>> = {}): Promise<void> {
  console.log(`\n> ${[command, ...parameters].join(" ")}`);
  const result = await execa(join(root, "node_modules/.bin", command), parameters, {
    cwd: root,
    env: fetchingEnvironment({ CI: "true", ...extra }),
    extendEnv: false,
    stdio: ["ignore", "inherit", "inherit"],
    reject: false,
  });
  if (result.exitCode !== 0) throw new KitError("step-failed", { step: command });
}
