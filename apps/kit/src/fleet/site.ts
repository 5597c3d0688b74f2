import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { isAbsolute, join, resolve } from "node:path";
import { parseDocument } from "yaml";
import { z } from "zod";
import { KitError } from "../errors.ts";

const siteSchema = z.strictObject({
  country: z.string().regex(/^[A-Z]{2}$/),
  size: z.enum(["clinic", "district", "national"]),
  target: z.discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("debian"),
      host: z.string().min(1),
      port: z.number().int().min(1).max(65_535).default(22),
      user: z.string().min(1).default("root"),
      hostKey: z.string().min(1),
      identity: z.string().min(1).optional(),
    }),
    z.strictObject({ kind: z.literal("aws"), region: z.string().min(1), account: z.string().regex(/^\d{12}$/) }),
  ]),
  names: z.strictObject({ station: z.string().min(1), meet: z.string().min(1), turn: z.string().min(1) }),
  address: z.string().min(1),
  tls: z.looseObject({ kind: z.string() }),
  hub: z.strictObject({ url: z.url(), invitation: z.string() }).optional(),
  unseal: z.looseObject({ kind: z.string() }),
  alerts: z.strictObject({ email: z.email().optional(), webhook: z.url().optional() }),
  backup: z.looseObject({ keep: z.number().int().positive() }),
  jitsi: z.union([z.literal(false), z.strictObject({ packages: z.string() })]),
  wireguard: z.looseObject({}).optional(),
});
export type Site = z.infer<typeof siteSchema>;

/** Throws `site-invalid` with every fault. */
export async function loadSite(path: string): Promise<Site> {
  const document = parseDocument(await readFile(path, "utf8"));
  const parsed = siteSchema.safeParse(document.errors.length > 0 ? undefined : document.toJS());
  if (parsed.success) return parsed.data;
  throw new KitError("site-invalid", { path, reason: document.errors[0]?.message ?? z.prettifyError(parsed.error) });
}

/** A path as the site file gives it: from home, absolute, or from the fleet folder. */
export function sitePath(fleet: string, given: string): string {
  if (given.startsWith("~/")) return join(homedir(), given.slice(2));
  return isAbsolute(given) ? given : resolve(fleet, given);
}
