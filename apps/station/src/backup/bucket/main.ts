import { readConfig } from "@yizhan/http";
import { carry, type Copies, copiesSchema, fetchCopy, list } from "./carry.ts";
import { BucketError } from "./errors.ts";

/**
 * A program beside the backup: carries the newest one into the bucket that `YIZHAN_CONFIG` names; `list` says what is
 * there, and `fetch NAME FOLDER` brings a backup (or `newest`) with the keys and who was forgotten. It answers with one line of JSON: `{ done }`, or `{ failed: { code, message, remedy } }` and exit code 1.
 * It alone of a station's processes is given credentials of the bucket.
 */
const say = (answer: object) => process.stdout.write(`${JSON.stringify(answer)}\n`);
try {
  const copies = readConfig(copiesSchema, process.env);
  const done = await asked(copies, process.argv.slice(2));
  say({ done });
} catch (error) {
  const remedy = error instanceof BucketError ? error.remedy : undefined;
  const code: unknown = Reflect.get(Object(error), "code");
  const message = error instanceof Error ? error.message : typeof error;
  say({ failed: { code: typeof code === "string" ? code : "internal", message, remedy } });
  process.exitCode = 1;
}

function asked(copies: Copies, [verb, name = "newest", folder = ""]: readonly string[]): Promise<unknown> {
  if (verb === "list") return list(copies);
  return verb === "fetch" ? fetchCopy(copies, name, folder) : carry(copies);
}
