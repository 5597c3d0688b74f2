import { spawnSync } from "node:child_process";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { expect, it } from "vitest";

const log = join(dirname(fileURLToPath(import.meta.url)), "log.ts");

function logged(statement: string): string {
  const script = `import { createLog } from ${JSON.stringify(log)}; const log = createLog("test"); ${statement}`;
  return spawnSync(process.execPath, ["--input-type=module", "-e", script], { encoding: "utf8" }).stdout;
}

it("a log keeps an error's kind and place, never its message", () => {
  const line = logged(
    `log.error({ err: new TypeError("Ana Machava, penicillin", { cause: new RangeError("+258 84 123 4567") }) }, "failed");`,
  );
  expect(line).toContain("TypeError");
  expect(line).toContain("RangeError");
  expect(line).not.toMatch(/Ana|258/);
});

it("a log removes headers, bodies and parameters that slip in", () => {
  const line = logged(
    `log.info({ headers: { cookie: "secret" }, body: "Ana", request: { authorization: "Bearer secret", parameters: ["Ana"] } });`,
  );
  expect(line).not.toMatch(/secret|Ana/);
  expect(line).toContain("[removed]");
});
