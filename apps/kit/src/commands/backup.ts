import { access } from "node:fs/promises";
import { resolve } from "node:path";
import { KitError } from "../errors.ts";
import { regionsFolder } from "../fleet/stations.ts";
import { layout } from "../local/layout.ts";
import { askNode, type NodeConfig } from "../local/backup-program.ts";
import { loadCountry } from "../local/plan.ts";
import type { Text } from "../text.ts";
import { z } from "zod";

export interface BackupOptions {
  readonly data: string;
  readonly config?: string;
  readonly output?: string;
  readonly keys?: string;
  readonly keep?: number;
}

const doneSchema = z.object({
  file: z.string(),
  keysFile: z.string(),
  bytes: z.number(),
  manifest: z.object({ createdAt: z.string() }),
  checked: z.object({ rows: z.number(), opened: z.number(), forgotten: z.number(), audit: z.number() }),
});

/** `yizhan backup MZ`: one sealed file with everything at one moment, proved by restoring it to a scratch place. */
export async function backup(code: string, options: BackupOptions, text: Text): Promise<void> {
  const config = await nodeConfig(code, options);
  const request = {
    do: "backup",
    output: options.output && resolve(options.output),
    keysOutput: options.keys && resolve(options.keys),
    keep: options.keep,
  };
  const done = doneSchema.parse(await askNode(config, request, text));
  const { checked } = done;
  console.log(text("backup.done", { file: done.file, size: megabytes(done.bytes), rows: checked.rows }));
  console.log(text("backup.checked", { at: done.manifest.createdAt, opened: checked.opened, audit: checked.audit }));
  console.log(text("backup.keys", { file: options.keys === undefined ? done.keysFile : resolve(options.keys) }));
}

function megabytes(bytes: number): number {
  return Math.round(bytes / 100_000) / 10;
}

/** The configuration of a station or the hub: of the local run, or the file named, on a host. */
export async function nodeConfig(code: string, options: { data: string; config?: string }): Promise<NodeConfig> {
  const { role: app } = await loadCountry(regionsFolder, code.toUpperCase());
  const node = layout(resolve(options.data)).node(code.toUpperCase());
  const path = options.config === undefined ? resolve(node.secrets, `${app}.json`) : resolve(options.config);
  try {
    await access(path);
  } catch (error) {
    throw new KitError("station-unknown", { code, path }, error);
  }
  return { app, path };
}
