import { readConfig } from "@yizhan/http";
import { carry, copiesSchema, list } from "./carry.ts";
import { BucketError } from "./errors.ts";

/**
 * A program beside the backup: carries the newest one into the bucket that `YIZHAN_CONFIG` names, or lists what is
 * there. It answers with one line of JSON: `{ done }`, or `{ failed: { code, message, remedy } }` and exit code 1.
 * It alone of a station's processes is given credentials of the bucket.
 */
const say = (answer: object) => process.stdout.write(`${JSON.stringify(answer)}\n`);
try {
  const copies = readConfig(copiesSchema, process.env);
  const done = process.argv[2] === "list" ? await list(copies) : await carry(copies);
  say({ done });
} catch (error) {
  const remedy = error instanceof BucketError ? error.remedy : undefined;
  const code: unknown = Reflect.get(Object(error), "code");
  const message = error instanceof Error ? error.message : typeof error;
  say({ failed: { code: typeof code === "string" ? code : "internal", message, remedy } });
  process.exitCode = 1;
}
