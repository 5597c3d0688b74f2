import { readFile } from "node:fs/promises";
import { z } from "zod";

/** `/etc/yizhan/agent.json`: what the health agent looks at, and whom it tells. */
const agentSchema = z.strictObject({
  country: z.string(),
  /** Name of the station as people know it: its domain. */
  station: z.string(),
  /** Language of the page and the messages, where the agent has it; else English. */
  language: z.string(),
  /** Where the root is once people unsealed it, where it is theirs to unseal. */
  root: z.string().optional(),
  state: z.string(),
  page: z.string(),
  /** Each answers 2xx. */
  urls: z.array(z.strictObject({ name: z.string(), url: z.url() })),
  /** Times in a page of figures that may not be too long ago. */
  times: z.array(z.strictObject({ name: z.string(), url: z.url(), metric: z.string(), hours: z.number().positive() })),
  /** Folders whose newest file may not be too old. */
  fresh: z.array(z.strictObject({ name: z.string(), folder: z.string(), pattern: z.string(), hours: z.number().positive() })),
  certificate: z.strictObject({ path: z.string(), days: z.number().positive() }),
  disk: z.strictObject({ path: z.string(), freePercent: z.number() }),
  memory: z.strictObject({ freePercent: z.number() }),
  units: z.boolean(),
  alerts: z.strictObject({
    webhook: z.url().optional(),
    /** msmtp sends it, by its own configuration file. */
    email: z.strictObject({ to: z.email(), from: z.string(), configuration: z.string() }).optional(),
    /** A fault is told of when it was seen so many times in a row. */
    after: z.number().int().min(1),
    /** And again after so many hours. */
    againHours: z.number().positive(),
  }),
});
export type AgentConfig = z.infer<typeof agentSchema>;

/** Throws when the file is missing or has another form. */
export async function readAgentConfig(path: string): Promise<AgentConfig> {
  return agentSchema.parse(JSON.parse(await readFile(path, "utf8")));
}
