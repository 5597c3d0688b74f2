import { z } from "zod";
import { HostError } from "./errors.ts";
import { roleSchema } from "./role.ts";

/** The form of `bundle.json` that this installer knows: what packages/bundle renders. */

const absolute = z.string().regex(/^\/(?!.*\/\.\.(?:\/|$))[^\0]*$/, "an absolute path");
const name = z.string().regex(/^[a-z_][a-z0-9_-]{0,31}$/);
const mode = z.number().int().min(0).max(0o7777);
const owned = { owner: name, group: name };
const packageName = z.string().regex(/^[a-z0-9][a-z0-9.+-]+$/);
const secretName = z.string().regex(/^[a-z0-9][a-z0-9._-]*$/);

const fileSchema = z.object({ path: absolute, content: z.string(), mode, ...owned, secret: z.boolean() });
const unitName = z.string().regex(/^[A-Za-z0-9@:_.\\-]+$/);
const unitSchema = z.object({
  name: unitName,
  enable: z.boolean(),
  start: z.boolean(),
  restartWhen: z.array(z.string()),
  reload: z.boolean(),
});

export const bundleSchema = z.object({
  format: z.literal(1),
  country: z.string().regex(/^[A-Z]{2}$/),
  role: roleSchema,
  release: z.string(),
  memoryMiB: z.number().int().positive().default(1024),
  debian: z.object({ suite: z.string(), packages: z.array(packageName), own: z.array(packageName).default([]) }),
  users: z.array(
    z.object({
      name,
      group: name.optional(),
      home: absolute.optional(),
      groups: z.array(name).optional(),
    }),
  ),
  groups: z.array(z.object({ name })),
  directories: z.array(z.object({ path: absolute, mode, ...owned })),
  secrets: z.array(
    z.object({
      name: secretName,
      bytes: z.number().int().min(1).max(4096),
      encoding: z.enum(["hex", "base64url", "base64"]),
      ...owned,
    }),
  ),
  supplied: z.array(z.object({ path: absolute, from: z.string().optional(), mode })).default([]),
  files: z.array(fileSchema),
  units: z.array(unitSchema),
  clusters: z.array(z.object({ name: z.string().regex(/^[a-z]+$/), port: z.number().int() })).default([]),
  databases: z.array(z.object({ name, owner: name, cluster: z.string().default("main") })),
  /** `elsewhere`: another machine has to be up for it; an installation does not wait. */
  health: z.array(z.object({ url: z.url(), elsewhere: z.literal(true).optional() })),
  /** Units to start once the host is well; one that fails stops nothing. */
  afterwards: z.array(unitName).default([]),
  models: z.array(z.string()).default([]),
  digest: z.string(),
});
export type Bundle = z.infer<typeof bundleSchema>;
export type BundleFile = Bundle["files"][number];
export type Unit = Bundle["units"][number];

/** Throws `archive-unreadable`. */
export function readBundle(text: string): Bundle {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch (error) {
    throw new HostError("archive-unreadable", "The bundle is not JSON.", error);
  }
  const parsed = bundleSchema.safeParse(json);
  if (!parsed.success) throw new HostError("archive-unreadable", `The bundle has another form: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}
