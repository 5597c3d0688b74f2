import { readFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { RegionError, type RegionFault } from "./errors.ts";
import { type Region, regionSchema } from "./schema.ts";

/**
 * Reads and checks `<directory>/<code>.yaml`. Throws {@link RegionError} with every fault of the
 * file, each with line, column, reason and remedy.
 */
export async function loadRegion(directory: string, code: string): Promise<Region> {
  const file = join(directory, `${code}.yaml`);
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const fault = missing
      ? { reason: "there is no such country file", remedy: `Make one: yizhan region new ${code}` }
      : { reason: "the file cannot be read", remedy: "Check its owner and mode." };
    throw new RegionError(
      missing ? "region-missing" : "region-unreadable",
      [{ file, line: undefined, column: undefined, ...fault }],
      error,
    );
  }
  const region = parseRegion(text, file);
  if (region.code !== code) {
    throw new RegionError("region-code-mismatch", [
      {
        file,
        line: undefined,
        column: undefined,
        reason: `the file says it is ${region.code}`,
        remedy: `Rename it to ${region.code}.yaml, or correct its code.`,
      },
    ]);
  }
  return region;
}

/** Every country file of `directory`, in the order of their codes. */
export async function loadRegions(directory: string): Promise<Region[]> {
  const names = (await readdir(directory)).filter((name) => /\.ya?ml$/i.test(name)).toSorted();
  const byCode = new Map<string, string>();
  const faults: RegionFault[] = [];
  for (const name of names) {
    const code = name.replace(/\.ya?ml$/i, "").toUpperCase();
    const other = byCode.get(code);
    if (other !== undefined || name !== `${code}.yaml`) {
      faults.push({
        file: join(directory, name),
        line: undefined,
        column: undefined,
        reason: other === undefined ? "the file's name is not its code" : `${other} is the same country`,
        remedy: `Keep one file, ${code}.yaml.`,
      });
    }
    byCode.set(code, name);
  }
  if (faults.length > 0) throw new RegionError("region-duplicate", faults);
  return Promise.all([...byCode.keys()].map((code) => loadRegion(directory, code)));
}

/** Checks the text of a country file; `file` is for messages. */
export function parseRegion(text: string, file: string): Region {
  const at = (offset: number | undefined, reason: string, remedy: string): RegionFault => {
    const place = offset === undefined ? undefined : lines.linePos(offset);
    return { file, line: place?.line, column: place?.col, reason, remedy };
  };
  const lines = new LineCounter();
  if (text.startsWith("\uFEFF")) {
    throw new RegionError("region-syntax", [
      { file, line: 1, column: 1, reason: "the file begins with a byte order mark", remedy: "Save it as UTF-8 without BOM." },
    ]);
  }
  const document = parseDocument(text, {
    lineCounter: lines,
    strict: true,
    uniqueKeys: true,
    prettyErrors: false,
    version: "1.2",
  });
  if (document.errors.length > 0) {
    throw new RegionError(
      "region-syntax",
      document.errors.map((error) => at(error.pos[0], error.message.replace(/\.$/, ""), syntaxRemedy(error.code))),
    );
  }
  const result = regionSchema.safeParse(document.toJS());
  if (!result.success) {
    throw new RegionError(
      "region-invalid",
      result.error.issues.flatMap((issue) =>
        faultsOf(issue, document).map(({ path, reason, remedy }) => at(offsetOf(document, path), reason, remedy)),
      ),
      result.error,
    );
  }
  return result.data;
}

function syntaxRemedy(code: string): string {
  if (code === "DUPLICATE_KEY") return "Keep one of the two.";
  if (code === "TAB_AS_INDENT") return "Indent with spaces.";
  return "Compare with another country's file.";
}

type Path = readonly PropertyKey[];

function faultsOf(issue: z.core.$ZodIssue, document: Document): { path: Path; reason: string; remedy: string }[] {
  const name = issue.path.map(String).join(".") || "the file";
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      reason: `${[...issue.path, key].map(String).join(".")} is not a known key`,
      remedy: "Remove it, or correct its spelling; regions/region.schema.json lists the keys.",
    }));
  }
  if (offsetOf(document, issue.path) === undefined || document.getIn(issue.path) === undefined) {
    return [
      { path: issue.path.slice(0, -1), reason: `${name} is missing`, remedy: "Write it; every other country's file has it." },
    ];
  }
  return [
    {
      path: issue.path,
      reason: `${name}: ${issue.message}`,
      remedy: "See regions/region.schema.json, or another country's file.",
    },
  ];
}

/** Where a value stands in the text; for a missing one, where what should hold it stands. */
function offsetOf(document: Document, path: Path): number | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return undefined;
}
