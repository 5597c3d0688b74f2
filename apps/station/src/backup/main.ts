import { BackupError, StoreError } from "@yizhan/store";
import { VaultError } from "@yizhan/vault";
import { z } from "zod";
import { stationConfig } from "../config.ts";
import { BucketError } from "./bucket/errors.ts";
import { backUp, dropAside, restoreStation, type Stage, verifyAuditLog } from "./run.ts";

/**
 * A program: backs up or restores the station that `YIZHAN_CONFIG` names, or verifies its audit log. Its one argument is the request as
 * JSON; it answers with lines of JSON, as messages to a parent process or on standard output:
 * `{ stage, rows }` …, then `{ done }` or `{ failed: { code, message, remedy } }` and exit code 1.
 */
const requestSchema = z.discriminatedUnion("do", [
  z.strictObject({
    do: z.literal("backup"),
    output: z.string().optional(),
    keysOutput: z.string().optional(),
    keep: z.number().int().min(1).optional(),
  }),
  z.strictObject({
    do: z.literal("restore"),
    /** A path; with `copies`, the name of a backup in the bucket, or `newest`. */
    file: z.string(),
    /** The configuration of the bucket: what packages/bundle renders as `copies.json`. */
    copies: z.string().optional(),
    keysFile: z.string().optional(),
    tombstones: z.array(z.string()).optional(),
  }),
  z.strictObject({ do: z.literal("drop-old") }),
  z.strictObject({ do: z.literal("audit"), checkpoints: z.array(z.string()).default([]) }),
]);

function say(message: object): void {
  if (process.send === undefined) process.stdout.write(`${JSON.stringify(message)}\n`);
  else process.send(message);
}

function failure(error: unknown): { code: string; message: string; remedy: string | undefined } {
  if (error instanceof BackupError) return { code: error.code, message: error.message, remedy: error.remedy };
  if (error instanceof BucketError) return { code: error.code, message: error.message, remedy: error.remedy };
  if (error instanceof StoreError) return { code: error.code, message: error.message, remedy: error.hint };
  if (error instanceof VaultError) return { code: error.code, message: error.message, remedy: undefined };
  return {
    code: "internal",
    message: error instanceof Error ? `${error.name}: ${error.message}` : typeof error,
    remedy: undefined,
  };
}

const report = (stage: Stage, rows: number) => say({ stage, rows });
try {
  const request = requestSchema.parse(JSON.parse(process.argv[2] ?? '{"do":"backup"}'));
  const config = stationConfig();
  if (request.do === "backup") say({ done: await backUp(config, request, report) });
  else if (request.do === "restore") say({ done: await restoreStation(config, request, report) });
  else if (request.do === "audit") say({ done: await verifyAuditLog(config, request.checkpoints) });
  else say({ done: await dropAside(config) });
} catch (error) {
  say({ failed: failure(error) });
  process.exitCode = 1;
}
process.disconnect?.();
