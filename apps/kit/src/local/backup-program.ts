import { fork } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { z } from "zod";
import { childEnvironment, root } from "../environment.ts";
import { KitError } from "../errors.ts";
import type { Text } from "../text.ts";

const messageSchema = z.union([
  z.object({ stage: z.enum(["writing", "checking", "restoring"]), rows: z.number() }),
  z.object({ done: z.unknown() }).refine((message) => message.done !== undefined),
  z.object({ failed: z.object({ code: z.string(), message: z.string(), remedy: z.string().optional() }) }),
]);

/** A node on this machine: which app it is, and where its configuration is. */
export interface NodeConfig {
  readonly app: "station" | "hub";
  readonly path: string;
}

/** Runs the node's own program for backups with its configuration, shows how far it is, and resolves its answer. */
export async function askNode({ app, path: config }: NodeConfig, request: object, text: Text): Promise<unknown> {
  const child = fork(join(root, `apps/${app}/src/backup/main.ts`), [JSON.stringify(request)], {
    env: childEnvironment({ YIZHAN_CONFIG: config }),
    execArgv: ["--disable-warning=ExperimentalWarning"],
    stdio: ["ignore", "inherit", "inherit", "ipc"],
  });
  let answer: z.infer<typeof messageSchema> | undefined;
  let shown = "";
  child.on("message", (message) => {
    const said = messageSchema.parse(message);
    if (!("stage" in said)) {
      answer = said;
      return;
    }
    const line = text(`backup.stage.${said.stage}`, { rows: said.rows });
    if (process.stderr.isTTY) process.stderr.write(`\r\u001b[2K${line}`);
    else if (shown !== said.stage) console.error(line);
    shown = said.stage;
  });
  const [code] = await once(child, "exit");
  if (process.stderr.isTTY && shown !== "") process.stderr.write("\r\u001b[2K");
  if (answer !== undefined && "done" in answer) return answer.done;
  if (answer !== undefined && "failed" in answer) {
    const { code, message, remedy } = answer.failed;
    throw new KitError("backup-failed", { code, reason: message, remedy: remedy ?? text("backup.remedy", { code }) });
  }
  throw new KitError("step-failed", { step: `backup (${code})` });
}
