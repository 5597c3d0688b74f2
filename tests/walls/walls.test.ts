import { execFile } from "node:child_process";
import { cp, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

/** Each wall of the house is fed one import that breaks it: a rule that lets it pass is no rule. */

const root = resolve(dirname(fileURLToPath(import.meta.url)), "../..");
const run = promisify(execFile);

const violations: readonly { file: string; imports: string; wall: string }[] = [
  { file: "packages/federation/src/x.ts", imports: "@yizhan/station", wall: "A package never imports an app" },
  { file: "packages/records/src/x.ts", imports: "../../../apps/hub/src/app.ts", wall: "A package never imports an app" },
  { file: "packages/federation/src/x.ts", imports: "hono", wall: "Domain code does not know HTTP" },
  { file: "packages/records/src/x.ts", imports: "kysely", wall: "Domain code does not know the database" },
  { file: "packages/store/src/x.ts", imports: "hono/cookie", wall: "Only packages/http and the apps know HTTP" },
  { file: "packages/http/src/x.ts", imports: "@yizhan/vault", wall: "packages/http imports no other package" },
  { file: "packages/vault/src/x.ts", imports: "@yizhan/region", wall: "A leaf package imports no other package" },
  { file: "packages/terms/src/x.ts", imports: "@yizhan/meet", wall: "A leaf package imports no other package" },
  { file: "apps/station/src/x.ts", imports: "@yizhan/hub", wall: "An app never imports another app" },
  { file: "apps/web/src/x.ts", imports: "../../station/src/app.ts", wall: "An app never imports another app" },
  { file: "apps/hub/src/x.ts", imports: "kysely", wall: "Only packages/store knows the database" },
];

describe("the walls between rooms", () => {
  let house: string;
  beforeAll(async () => {
    house = await mkdtemp(join(tmpdir(), "yizhan-walls-"));
    await cp(join(root, ".oxlintrc.json"), join(house, ".oxlintrc.json"));
  });
  afterAll(() => rm(house, { recursive: true, force: true }));

  const lint = async (file: string, source: string): Promise<string> => {
    const path = join(house, file);
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, source);
    try {
      const { stdout } = await run(join(root, "node_modules/.bin/oxlint"), ["-c", ".oxlintrc.json", file], { cwd: house });
      return stdout;
    } catch (error) {
      return (error as { stdout: string }).stdout;
    } finally {
      await rm(path);
    }
  };

  it.each(violations)("$file may not import $imports", async ({ file, imports, wall }) => {
    expect(await lint(file, `import * as x from "${imports}";\nexport const y = x;\n`)).toContain(wall);
  });

  it("lets through what is allowed", async () => {
    const allowed = await lint("packages/store/src/x.ts", `import * as x from "kysely";\nexport const y = x;\n`);
    expect(allowed).not.toContain("no-restricted-imports");
  });
});
