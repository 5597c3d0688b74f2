import { createReadStream } from "node:fs";
import type { Asked, StackInput } from "@yizhan/infra";
import { z } from "zod";
import { infra } from "./engine.ts";
import { type HostEvent, quoted, runInstaller } from "./host-verb.ts";
import type { RemoteHost } from "./ssh.ts";

/**
 * Runs a country's program without Pulumi's engine: what `command:remote:*` would do is done here, over SSH, in the
 * program's own order. For a laptop that has no engine and no network to bring one; every step may be done again.
 */
export async function runDirect(
  input: StackInput,
  host: RemoteHost,
  options: { onEvent?: (event: HostEvent) => void; signal?: AbortSignal } = {},
): Promise<{ changed: string[]; steps: string[] }> {
  const { runEngineless } = await infra();
  const changed: string[] = [];
  const steps: string[] = [];
  await runEngineless(input, async (asked) => {
    const done = await make(asked, host, changed, options);
    if (asked.custom) steps.push(asked.name);
    return done;
  });
  return { changed, steps };
}

const copySchema = z.object({ remotePath: z.string() });
const commandSchema = z.object({ create: z.string() });

async function make(
  asked: Asked,
  host: RemoteHost,
  changed: string[],
  options: { onEvent?: (event: HostEvent) => void; signal?: AbortSignal },
): Promise<Record<string, unknown>> {
  switch (asked.type) {
    case "command:remote:CopyToRemote": {
      const { remotePath } = copySchema.parse(asked.inputs);
      await copy(host, await assetPath(asked.inputs["source"]), remotePath);
      return {};
    }
    case "command:remote:Command": {
      const answer = await runInstaller(host, commandSchema.parse(asked.inputs).create, options);
      changed.push(...answer.changed);
      return { stdout: JSON.stringify(answer.result ?? null), stderr: "" };
    }
    default:
      if (asked.custom && !asked.type.startsWith("pulumi:"))
        throw new TypeError(`${asked.type} cannot be made without Pulumi's engine`);
      return {};
  }
}

/** Whole or not at all: a link that breaks leaves the file that was there. */
async function copy(host: RemoteHost, from: string, to: string): Promise<void> {
  const target = quoted(to);
  const command = `umask 077 && mkdir -p "$(dirname ${target})" && cat > ${target}.partial && mv ${target}.partial ${target}`;
  const { code, stderr } = await host.run(command, { input: createReadStream(from) });
  if (code !== 0) throw new Error(`${to} could not be written on ${host.target.host}: ${stderr.trim()}`);
}

/** A FileAsset's path, which Pulumi hands over as a promise. */
async function assetPath(source: unknown): Promise<string> {
  return z.string().parse(await Promise.resolve(z.object({ path: z.unknown() }).parse(source).path));
}
