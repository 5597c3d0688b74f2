import { readConfig } from "@yizhan/http";
import { isPrivateEndpoint } from "@yizhan/vault";
import { z } from "zod";

const path = z.string().startsWith("/", "an absolute path");
const database = z.discriminatedUnion("kind", [
  /** Embedded: `<data>/db` and, apart from it, `<data>/keys-db`. */
  z.strictObject({ kind: z.literal("pglite") }),
  /** Two databases of PostgreSQL servers; each file holds one `postgres://` address. */
  z.strictObject({ kind: z.literal("postgres"), urlFile: path, keyUrlFile: path }),
]);
/** Where the hub's root key comes from: packages/vault, `RootConfig`. */
const root = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("file"), path }),
  z.strictObject({ kind: z.literal("passphrase"), path, parametersPath: path }),
  z.strictObject({ kind: z.literal("shares"), paths: z.array(path).min(1), setPath: path }),
  z.strictObject({
    kind: z.literal("kms"),
    path,
    region: z.string().min(1),
    keyId: z.string().min(1),
    endpoint: z.string().refine(isPrivateEndpoint, "https://…, or http:// on this machine itself").optional(),
    /** AWS credentials; absent: the machine's own role. */
    credentials: path.optional(),
  }),
]);

/** The hub's configuration file; how it is found and guarded: `readConfig`. */
export const hubConfigSchema = z.strictObject({
  country: z.string().regex(/^[A-Z]{2}$/),
  regions: path,
  locales: path,
  data: path,
  host: z.string().min(1),
  port: z.number().int().min(0).max(65_535),
  publicUrl: z.url({ protocol: /^https?$/ }),
  /** The web build. */
  web: path.optional(),
  database,
  root,
  /** First accounts, created once. */
  staff: path.optional(),
  /** Which stations are expected, with the sum of each one-time token. Read again at each joining. */
  invitations: path.optional(),
  logLevel: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
});
export type HubConfig = z.infer<typeof hubConfigSchema>;

/** The one place of this app that reads the environment. */
export function hubConfig(): HubConfig {
  return readConfig(hubConfigSchema, process.env);
}
