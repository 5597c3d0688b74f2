import { join } from "node:path";
import { execa } from "execa";
import { type DebianNeed, needDebian } from "../debian.ts";
import { fetchingEnvironment, root } from "../environment.ts";
import { KitError } from "../errors.ts";
import { planNodes } from "../local/plan.ts";
import { layout } from "../local/layout.ts";
import { fetchModelsFor } from "../models.ts";
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
  { package: "pocketsphinx-testdata", shows: "/usr/share/pocketsphinx/test/data" },
  { package: "asterisk-core-sounds-es-wav", shows: "/usr/share/asterisk/sounds/es_MX_f_Allison" },
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
  const regions = await planNodes(join(root, "regions"), ["CN", "MZ"], 4800);
  await fetchModelsFor(
    regions.map((node) => node.region),
    layout(defaultData).models,
    (line) => console.log(line),
  );
  await step("vitest", ["run", ...filters]);
}

async function step(command: string, parameters: readonly string[]): Promise<void> {
  console.log(`\n> ${[command, ...parameters].join(" ")}`);
  const result = await execa(join(root, "node_modules/.bin", command), parameters, {
    cwd: root,
    env: fetchingEnvironment({ CI: "true" }),
    extendEnv: false,
    stdio: ["ignore", "inherit", "inherit"],
    reject: false,
  });
  if (result.exitCode !== 0) throw new KitError("step-failed", { step: command });
}
