import { readConfig } from "@yizhan/http";
import { z } from "zod";

export const speechConfigSchema = z.object({
  /** ISO 3166-1 code: which file of `regions`. */
  country: z.string().regex(/^[A-Z]{2}$/),
  /** Absolute folders. */
  regions: z.string().min(1),
  locales: z.string().min(1),
  models: z.string().min(1),
  host: z.string().default("127.0.0.1"),
  port: z.number().int().min(0).max(65_535),
  /** File with the bearer token that bridges and the station show. */
  tokenFile: z.string().min(1),
  /** Cores to hear with; default: all of the machine's. */
  cores: z.number().int().positive().optional(),
  /** A server that speaks OpenAI's transcription API, inside the country: it hears what the region gives to `remote`. */
  remoteHearing: z
    .object({
      url: z.union(
        [z.url({ protocol: /^https$/ }), z.url({ protocol: /^http$/, hostname: /^(?:127\.0\.0\.1|localhost|\[::1\])$/ })],
        "https://…, or http:// on this machine (a tunnel's end)",
      ),
      model: z.string().min(1),
      /** File with its key, where it asks for one. */
      apiKeyFile: z.string().min(1).optional(),
    })
    .optional(),
  libretranslate: z.object({ url: z.url(), apiKey: z.string().optional() }).optional(),
});
export type SpeechConfig = z.infer<typeof speechConfigSchema>;

/** The only place that reads this process's environment. */
export function speechConfig(): SpeechConfig {
  return readConfig(speechConfigSchema, process.env);
}
