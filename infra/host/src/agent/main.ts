import { runAgent } from "./run.ts";

// One look; a timer of systemd starts the next one.
const findings = await runAgent(process.argv[2] ?? "/etc/yizhan/agent.json", Date.now());
for (const { ok, id, detail } of findings) if (!ok) process.stdout.write(`${id}: ${detail}\n`);
