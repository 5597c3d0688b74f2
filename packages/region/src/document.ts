import { readFile } from "node:fs/promises";
import { type Document, isNode, LineCounter, parseDocument } from "yaml";
import type { z } from "zod";
import { RegionError, type RegionErrorCode, type RegionFault } from "./errors.ts";

/** What a kind of file is called in messages, and where its keys are listed. */
export interface FileKind {
  readonly invalid: RegionErrorCode;
  readonly missing: string;
  readonly schema: string;
}

/** Reads a file and parses it; faults name `file`. */
export async function readDocument<T>(file: string, schema: z.ZodType<T>, kind: FileKind): Promise<T> {
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === "ENOENT";
    const fault = missing
      ? { reason: "there is no such file", remedy: kind.missing }
      : { reason: "the file cannot be read", remedy: "Check its owner and mode." };
    throw new RegionError(
      missing ? "region-missing" : "region-unreadable",
      [{ file, line: undefined, column: undefined, ...fault }],
      error,
    );
  }
  return parseStrict(text, file, schema, kind);
}

/** Parses YAML 1.2 strictly and checks it; throws {@link RegionError} with every fault's line, column, reason and remedy. */
export function parseStrict<T>(text: string, file: string, schema: z.ZodType<T>, kind: FileKind): T {
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
  const result = schema.safeParse(document.toJS());
  if (!result.success) {
    throw new RegionError(
      kind.invalid,
      result.error.issues.flatMap((issue) =>
        faultsOf(issue, document, kind).map(({ path, reason, remedy }) => at(offsetOf(document, path), reason, remedy)),
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

function faultsOf(issue: z.core.$ZodIssue, document: Document, kind: FileKind): { path: Path; reason: string; remedy: string }[] {
  const name = issue.path.map(String).join(".") || "the file";
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: [...issue.path, key],
      reason: `${[...issue.path, key].map(String).join(".")} is not a known key`,
      remedy: `Remove it, or correct its spelling; ${kind.schema} lists the keys.`,
    }));
  }
  if (document.getIn(issue.path) === undefined) {
    return [
      { path: issue.path.slice(0, -1), reason: `${name} is missing`, remedy: "Write it; every other country's file has it." },
    ];
  }
  return [{ path: issue.path, reason: `${name}: ${issue.message}`, remedy: `See ${kind.schema}, or another country's file.` }];
}

/** Where a value stands in the text; for a missing one, where what should hold it stands. */
function offsetOf(document: Document, path: Path): number | undefined {
  for (let length = path.length; length >= 0; length -= 1) {
    const node = length === 0 ? document.contents : document.getIn(path.slice(0, length), true);
    if (isNode(node) && node.range) return node.range[0];
  }
  return undefined;
}
