import { access, readFile, readdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { root } from "../support/local.ts";

/** A document that names a file which is not there misleads whoever reads it. */

const decisions = (await readdir(join(root, "docs/decisions"))).map((name) => `docs/decisions/${name}`);
const pages = (await readdir(join(root, "docs"))).filter((name) => name.endsWith(".md")).map((name) => `docs/${name}`);
const documents = ["README.md", "ARCHITECTURE.md", "CONTRIBUTING.md", "SECURITY.md", ...pages, ...decisions];
const folders = /^(apps|packages|regions|locales|tests|docs|infra)\//;

/** Paths in backticks that begin with one of our folders, and targets of links. */
function pathsIn(text: string, document: string): string[] {
  const ticked = [...text.matchAll(/`([^`\s]+)`/g)].flatMap(([, path]) =>
    path !== undefined && folders.test(path) && !/[<>*{…]/.test(path) ? [path] : [],
  );
  const linked = [...text.matchAll(/\]\(([^)#\s]+)(?:#[^)]*)?\)/g)].flatMap(([, path]) =>
    path === undefined || /^[a-z]+:/.test(path) ? [] : [join(dirname(document), path)],
  );
  return [...new Set([...ticked, ...linked])];
}

describe.each(documents)("%s", (document) => {
  it("names only what is there", async () => {
    const text = await readFile(join(root, document), "utf8");
    const missing: string[] = [];
    for (const path of pathsIn(text, document)) {
      const there = await access(join(root, path.replace(/:\d+$/, ""))).then(
        () => true,
        () => false,
      );
      if (!there) missing.push(path);
    }
    expect(missing).toEqual([]);
  });
});

it("the check would find a path that is not there", () => {
  expect(pathsIn("see `apps/station/src/gone.ts` and [this](docs/gone.md)", "README.md")).toEqual([
    "apps/station/src/gone.ts",
    "docs/gone.md",
  ]);
});
