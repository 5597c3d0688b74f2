import { resolve } from "node:path";
import { z } from "zod";
import { askNode } from "../local/backup-program.ts";
import type { Text } from "../text.ts";
import { nodeConfig } from "./backup.ts";
import { KitError } from "../errors.ts";

export interface RestoreOptions {
  readonly data: string;
  readonly config?: string;
  readonly keys?: string;
  /** The bucket's configuration: `file` is then a backup's name there, or `newest`. */
  readonly copies?: string;
  readonly tombstones?: readonly string[];
  readonly dropOld?: boolean;
}

const doneSchema = z.object({
  manifest: z.object({ createdAt: z.string() }),
  checked: z.object({ rows: z.number(), opened: z.number(), forgotten: z.number(), audit: z.number() }),
  forgotten: z.number(),
  tokens: z.number(),
  accounts: z.number(),
  aside: z.array(z.string()),
  /** Of a hub. */
  invited: z.array(z.string()).default([]),
});

/** `yizhan restore MZ FILE`: puts a stopped station back to a backup; `--drop-old` removes what restores put aside. */
export async function restore(code: string, file: string | undefined, options: RestoreOptions, text: Text): Promise<void> {
  const config = await nodeConfig(code, options);
  if (options.dropOld === true) {
    const gone = z.array(z.string()).parse(await askNode(config, { do: "drop-old" }, text));
    console.log(text("restore.dropped", { count: gone.length, names: gone.join(" ") }));
    return;
  }
  if (file === undefined) throw new KitError("invalid-argument", { argument: "restore" });
  const request = {
    do: "restore",
    file: options.copies === undefined ? resolve(file) : file,
    copies: options.copies && resolve(options.copies),
    keysFile: options.keys && resolve(options.keys),
    tombstones: options.tombstones?.map((path) => resolve(path)),
  };
  const done = doneSchema.parse(await askNode(config, request, text));
  const { checked } = done;
  console.log(
    text("restore.done", { at: done.manifest.createdAt, rows: checked.rows, opened: checked.opened, audit: checked.audit }),
  );
  console.log(text("restore.forgotten", { count: done.forgotten }));
  console.log(text("restore.tokens", { count: done.tokens }));
  console.log(text("restore.accounts", { count: done.accounts }));
  if (done.invited.length > 0) console.log(text("restore.invited", { nodes: done.invited.join(" ") }));
  if (done.aside.length > 0) console.log(text("restore.aside", { names: done.aside.join(" "), code }));
}
