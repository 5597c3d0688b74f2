import { z } from "zod";
import { readOrNone, writeWhole } from "../files.ts";
import type { AgentConfig } from "./config.ts";
import type { Finding } from "./checks.ts";

const seenSchema = z.object({
  /** Looks in a row at which it was bad. */
  bad: z.number(),
  /** When somebody was last told that it is bad, milliseconds; absent when nobody has to hear that it is good again. */
  toldAt: z.number().optional(),
});
const memorySchema = z.record(z.string(), seenSchema);
export type Memory = z.infer<typeof memorySchema>;

export interface Message {
  readonly finding: Finding;
  readonly state: "bad" | "still-bad" | "good";
}

/** What has to be told now, and what to remember if it was told. */
export function toTell(
  findings: readonly Finding[],
  before: Memory,
  { after, againHours }: AgentConfig["alerts"],
  now: number,
): { readonly messages: Message[]; readonly memory: Memory } {
  const messages: Message[] = [];
  const memory: Memory = {};
  for (const finding of findings) {
    const seen = before[finding.id] ?? { bad: 0 };
    if (finding.ok) {
      if (seen.toldAt !== undefined) messages.push({ finding, state: "good" });
      continue;
    }
    const bad = seen.bad + 1;
    const due = seen.toldAt === undefined ? bad >= after : now - seen.toldAt >= againHours * 3_600_000;
    if (due) messages.push({ finding, state: seen.toldAt === undefined ? "bad" : "still-bad" });
    const toldAt = due ? now : seen.toldAt;
    memory[finding.id] = { bad, ...(toldAt === undefined ? {} : { toldAt }) };
  }
  return { messages, memory };
}

/** A damaged memory is an empty one: somebody hears twice, nobody hears nothing. */
export async function recall(path: string): Promise<Memory> {
  const text = await readOrNone(path);
  try {
    return memorySchema.parse(JSON.parse(text?.toString("utf8") ?? "{}"));
  } catch (error) {
    if (error instanceof z.ZodError || error instanceof SyntaxError) return {};
    throw error;
  }
}

export async function remember(path: string, memory: Memory): Promise<void> {
  await writeWhole(path, JSON.stringify(memory), 0o600, own());
}

export const own = () => ({ uid: process.getuid?.() ?? 0, gid: process.getgid?.() ?? 0 });
