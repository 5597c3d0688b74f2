import { BackupError, StoreError } from "@yizhan/store";
import { VaultError } from "@yizhan/vault";
import { z } from "zod";
import { hubConfig } from "../config.ts";
import { backUp, dropAside, restoreHub, type Stage, verifyAuditLog } from "./run.ts";

/**
 * A program: backs up or restores the hub that `YIZHAN_CONFIG` names, or verifies its audit log. Its one argument is the request as JSON; it answers
 * with lines of JSON as the station's does, as messages to a parent process or on standard output: `{ stage, rows }` …,
 * then `{ done }` or `{ failed: { code, message, remedy } }` and exit code 1.
 */
const requestSchema = z.discriminatedUnion("do", [
  z.strictObject({
    do: z.literal("backup"),
    folder: z.string().startsWith("/").optional(),
    output: z.string().optional(),
    keysOutput: z.string().optional(),
    keep: z.number().int().min(1).optional(),
  }),
  z.strictObject({
    do: z.literal("restore"),
    file: z.string(),
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
  if (error instanceof StoreError) return { code: error.code, message: error.message, remedy: error.hint };
  if (error instanceof VaultError) return { code: error.code, message: error.message, remedy: undefined };
  const message = error instanceof Error ? `${error.name}: ${error.message}` : typeof error;
  return { code: "internal", message, remedy: undefined };
}

const report = (stage: Stage, rows: number) => say({ stage, rows });
try {
  const request = requestSchema.parse(JSON.parse(process.argv[2] ?? '{"do":"backup"}'));
  const config = hubConfig();
  if (request.do === "backup") say({ done: await backUp(config, request, report) });
  else if (request.do === "restore") say({ done: await restoreHub(config, request, report) });
  else if (request.do === "audit") say({ done: await verifyAuditLog(config, request.checkpoints) });
  else say({ done: await dropAside(config) });
} catch (error) {
  say({ failed: failure(error) });
  process.exitCode = 1;
}
process.disconnect?.();
