import { join } from "node:path";
import { type Finding, look } from "./checks.ts";
import { readAgentConfig } from "./config.ts";
import { recall, remember, toTell } from "./memory.ts";
import { writePage } from "./page.ts";
import { tell } from "./tell.ts";

/**
 * One look at the host: writes the page, and tells whoever has to know of what became bad or good again. What could not
 * be told by any way is told at the next look.
 */
export async function runAgent(configuration: string, now: number): Promise<readonly Finding[]> {
  const config = await readAgentConfig(configuration);
  const path = join(config.state, "memory.json");
  const before = await recall(path);
  const findings = await look(config, now);
  await writePage(config, findings, now);
  const { messages, memory } = toTell(findings, before, config.alerts, now);
  const ways = [config.alerts.webhook, config.alerts.email].filter((way) => way !== undefined).length;
  const failed = await tell(config, messages, now);
  const heard = messages.length === 0 || failed.length < ways;
  await remember(path, heard ? memory : untold(memory, before));
  if (!heard) process.stderr.write(`nobody could be told: ${failed.join(", ") || "no way is set"}\n`);
  return findings;
}

/** As if nothing had been told: the faults go on counting, and what became good is kept to be said. */
function untold(memory: ReturnType<typeof toTell>["memory"], before: Awaited<ReturnType<typeof recall>>): typeof before {
  const kept = { ...before };
  for (const [id, seen] of Object.entries(memory)) {
    const toldAt = before[id]?.toldAt;
    kept[id] = { bad: seen.bad, ...(toldAt === undefined ? {} : { toldAt }) };
  }
  return kept;
}
