import { readConfig } from "@yizhan/http";
import { overrideSchema } from "@yizhan/region";
import { isPrivateEndpoint } from "@yizhan/vault";
import { z } from "zod";

const path = z.string().startsWith("/", "an absolute path");
const database = z.discriminatedUnion("kind", [
  /** Embedded: `<data>/db` and, apart from it, `<data>/keys-db`. */
  z.strictObject({ kind: z.literal("pglite") }),
  /** Two databases of PostgreSQL servers; each file holds one `postgres://` address. */
  z.strictObject({ kind: z.literal("postgres"), urlFile: path, keyUrlFile: path }),
]);

/** Where the country root comes from: packages/vault, `RootConfig`. */
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

/** The station's configuration file; how it is found and guarded: `readConfig`. */
export const stationConfigSchema = z.strictObject({
  /** ISO 3166-1 alpha-2: which `regions/<CODE>.yaml` this station is. */
  country: z.string().regex(/^[A-Z]{2}$/),
  regions: path,
  locales: path,
  data: path,
  host: z.string().min(1),
  port: z.number().int().min(0).max(65_535),
  /** What people's browsers are told; a passkey and the cookie's `Secure` depend on it. */
  publicUrl: z.url({ protocol: /^https?$/ }),
  /** The web build. */
  web: path.optional(),
  database,
  root,
  /** While the root is being exchanged: the one before, until `POST /api/keys/rotate` has wrapped every key anew. */
  otherRoots: z.array(root).max(3).default([]),
  /** First accounts, created once. */
  staff: path.optional(),
  /** Without it the station works alone. */
  hub: z.strictObject({ invitation: path }).optional(),
  speech: z.strictObject({ url: z.url(), tokenFile: path }).optional(),
  /** The country's own Jitsi. Without it this station has no calls, and its pages say so. */
  meet: z
    .strictObject({
      /** Where its pages and `external_api.js` are: the only other origin that the station's pages may use. */
      url: z.url({ protocol: /^https?$/ }),
      /** The XMPP domain, as in prosody's `VirtualHost`. */
      domain: z.string().min(1),
      /** `app_id` and `app_secret` of prosody's token authentication; the secret has 32 bytes at least. */
      appId: z.string().min(1),
      tokenSecretFile: path,
      /** coturn beside it, with its `static-auth-secret`. */
      turn: z
        .strictObject({
          host: z.string().min(1),
          port: z.number().int().min(1).max(65_535).default(3_478),
          tlsPort: z.number().int().min(1).max(65_535).default(5_349),
          secretFile: path,
        })
        .optional(),
    })
    .optional(),
  /** A token with full scopes, for scripts against a local demonstration only. */
  apiTokenFile: path.optional(),
  /** The guard's rules, where the station has its own: a JSON file like apps/station/guard-rules.json. */
  guardRules: path.optional(),
  /** Rules of residency that a named person overrides; each goes into the audit log. */
  overrides: z.array(overrideSchema).default([]),
  /** Milliseconds between two reports of health to the hub. */
  healthEveryMs: z.number().int().min(100).default(5_000),
  logLevel: z.enum(["debug", "info", "warn", "error", "silent"]).default("info"),
});
export type StationConfig = z.infer<typeof stationConfigSchema>;

/** The one place of this app that reads the environment. */
export function stationConfig(): StationConfig {
  return readConfig(stationConfigSchema, process.env);
}
