import { readConfig } from "@yizhan/http";
import { z } from "zod";

export const spreadConfigSchema = z.strictObject({
  host: z.string().default("127.0.0.1"),
  port: z.number().int().min(0).max(65_535),
  /** File with the bearer token that bridges and the station show, here and on every machine. */
  tokenFile: z.string().min(1),
  /** The one certificate (PEM) that the machines may show, and the name in it. */
  certificateFile: z.string().min(1),
  certificateName: z.string().min(1),
  machines: z.array(z.strictObject({ name: z.string().min(1), url: z.url({ protocol: /^https$/ }) })).min(1),
});

/** The only place that reads this process's environment. */
export const spreadConfig = () => readConfig(spreadConfigSchema, process.env);
