import { resolve } from "node:path";
import { Command } from "commander";
import { z } from "zod";
import { defaultData } from "../environment.ts";
import { askNode } from "../local/backup-program.ts";
import type { Text } from "../text.ts";
import { nodeConfig } from "./backup.ts";

interface AuditOptions {
  readonly data: string;
  readonly config?: string;
  readonly checkpoints?: readonly string[];
  readonly json?: boolean;
}

const reportSchema = z.object({
  whole: z.boolean(),
  entries: z.number(),
  from: z.string().optional(),
  to: z.string().optional(),
  root: z.string().optional(),
  checkpoints: z.object({ count: z.number(), covers: z.number().optional(), at: z.string().optional() }),
  fault: z.object({ kind: z.string(), first: z.number(), last: z.number(), file: z.string().optional() }).optional(),
  restored: z.array(z.string()),
  compared: z.object({ records: z.number(), setBack: z.number(), unknown: z.number() }).optional(),
});
type Report = z.infer<typeof reportSchema>;

/** `yizhan audit verify`. */
export function audit(text: Text): Command {
  const command = new Command("audit").description(text("audit.about"));
  command
    .command("verify")
    .description(text("audit.verify.about"))
    .argument("<country>")
    .option("--checkpoints <files...>", text("audit.option.checkpoints"))
    .option("--config <file>", text("backup.option.config"))
    .option("--data <dir>", text("up.option.data"), defaultData)
    .option("--json", text("option.json"))
    .action((country: string, options: AuditOptions) => verify(country, options, text));
  return command;
}

/** `yizhan audit verify MZ`: is the log whole? The exit code says the same: 0 only where it is. */
async function verify(country: string, options: AuditOptions, text: Text): Promise<void> {
  const code = country.toUpperCase();
  const checkpoints = (options.checkpoints ?? []).map((path) => resolve(path));
  const node = await nodeConfig(code, options);
  const answer = await askNode(node, { do: "audit", checkpoints }, text);
  const report = reportSchema.parse(answer);
  if (!report.whole) process.exitCode = 1;
  if (options.json === true) console.log(JSON.stringify({ country: code, ...report }, null, 2));
  else for (const line of sentences(code, report, text)) console.log(line);
}

function sentences(code: string, report: Report, text: Text): string[] {
  const { whole, entries, from = "–", to = "–", checkpoints, fault, restored, compared } = report;
  const lines: string[] = [];
  if (!whole) lines.push(text("audit.not-whole", { code, entries, from, to }));
  else if (entries === 0) lines.push(text("audit.empty", { code }));
  else lines.push(text("audit.whole", { code, entries, from, to }));
  if (fault !== undefined) {
    const { kind, first, last, file = "" } = fault;
    lines.push(text(`audit.fault.${kind}`, { code, first: String(first), last: String(last), file }));
  }
  if (compared !== undefined) {
    const { records, setBack, unknown } = compared;
    if (setBack > 0) lines.push(text("audit.set-back", { count: setBack }));
    if (unknown > 0) lines.push(text("audit.unknown", { count: unknown }));
    if (setBack + unknown === 0) lines.push(text("audit.records", { count: records }));
  }
  if (fault === undefined) {
    const { count, covers = 0, at = "–" } = checkpoints;
    lines.push(count === 0 ? text("audit.checkpoints.none") : text("audit.checkpoints", { count, covers, at }));
  }
  const last = restored.at(-1);
  if (last !== undefined) lines.push(text("audit.restored", { code, count: restored.length, at: last }));
  if (!whole) lines.push(text("audit.remedy"));
  return lines;
}
