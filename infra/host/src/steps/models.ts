import { mkdir, rename, rm } from "node:fs/promises";
import { join } from "node:path";
import { checkedPart } from "../archive/parts.ts";
import { type Context, noteChange } from "../context.ts";
import { lstatOrNone, readOrNone, writeWhole } from "../files.ts";
import { paths } from "../paths.ts";
import { run } from "../shell.ts";

/** Weights and voices; what is there with the same sum is left alone. */
export async function installModels(context: Context): Promise<void> {
  const parts = context.manifest.parts.filter((part) => part.kind === "model");
  let done = 0;
  for (const part of parts) {
    const target = join(paths.models, part.name);
    const mark = join(target, ".part");
    done += 1;
    if ((await readOrNone(mark))?.toString("utf8") === part.sha256) continue;
    const partial = join(paths.models, `.partial-${part.name}`);
    await rm(partial, { recursive: true, force: true });
    await mkdir(partial, { recursive: true, mode: 0o755 });
    await run("tar", ["-x", "-p", "--no-same-owner", "-C", partial], { input: checkedPart(context.source, part) });
    await writeWhole(join(partial, ".part"), part.sha256, 0o644);
    if ((await lstatOrNone(target)) !== undefined) await rm(target, { recursive: true, force: true });
    await rename(partial, target);
    noteChange(context, target, `model ${part.name}`);
    context.report({ type: "progress", step: "models", done, total: parts.length, item: part.name });
  }
}
