import { createHash } from "node:crypto";
import type { Region } from "@yizhan/region";
import canonicalize from "canonicalize";
import type { Context } from "./context.ts";
import { BundleError } from "./errors.ts";
import { modelIds } from "./models.ts";
import { partsOf } from "./parts/index.ts";
import type { Site } from "./site.ts";
import { sizes, workerMemory } from "./sizes.ts";
import type { Bundle, Part, Role } from "./types.ts";

export interface BundleInput {
  readonly region: Region;
  readonly site: Site;
  /** The release's version. */
  readonly release: string;
  /** Which of its machines; absent: the station, or the hub, itself. */
  readonly role?: "speech";
}

/** What a host becomes. Pure: the same input gives the same bytes. Throws `site-not-of-region`, `site-invalid`. */
export function renderBundle({ region, site, release, role: asked }: BundleInput): Bundle {
  const role: Role = asked ?? region.role;
  if (region.code !== site.country)
    throw new BundleError("site-not-of-region", `The site is for ${site.country}, the region for ${region.code}.`);
  if (region.role === "hub" && site.hub !== undefined)
    throw new BundleError("site-not-of-region", `${region.code} is the hub: take "hub" out of its site file.`);
  if (region.role === "hub" && site.machines !== undefined)
    throw new BundleError("site-invalid", `machines: ${region.code} is the hub, which hears nobody: take "machines" out.`);
  if (role === "speech" && site.machines === undefined)
    throw new BundleError("site-invalid", `machines: the site of ${region.code} names no machine that hears.`);
  const context: Context = { region, site, release, role, size: sizes[site.size] };
  const all = partsOf(role)
    .map((part) => part(context))
    .filter((part) => part !== undefined);
  const bundle = {
    format: 1 as const,
    country: region.code,
    role,
    release,
    memoryMiB: role === "speech" ? workerMemory : context.size.memory,
    debian: {
      suite: "bookworm" as const,
      packages: [...new Set(all.flatMap((part) => part.packages ?? []))].toSorted(),
      own: [...new Set(all.flatMap((part) => part.own ?? []))].toSorted(),
    },
    users: collect(all, "users"),
    groups: collect(all, "groups"),
    directories: collect(all, "directories"),
    secrets: collect(all, "secrets"),
    supplied: collect(all, "supplied"),
    files: collect(all, "files").toSorted((one, other) => (one.path < other.path ? -1 : 1)),
    units: collect(all, "units"),
    clusters: collect(all, "clusters"),
    databases: collect(all, "databases"),
    health: collect(all, "health"),
    afterwards: collect(all, "afterwards"),
    models: modelIds(context),
  };
  return { ...bundle, digest: bundleDigest(bundle) };
}

/** Each part's share of one list, in the parts' order; what two parts ask for alike is there once. */
function collect<K extends keyof Part>(all: readonly Part[], key: K): NonNullable<Part[K]>[number][] {
  const seen = new Map<string, NonNullable<Part[K]>[number]>();
  for (const part of all) for (const item of part[key] ?? []) seen.set(JSON.stringify(item), item);
  return [...seen.values()];
}

/** SHA-256 of the canonical JSON (RFC 8785) of a bundle without its digest, hex. */
export function bundleDigest(bundle: Omit<Bundle, "digest">): string {
  const text = canonicalize({ ...bundle, digest: undefined });
  if (text === undefined) throw new TypeError("a bundle is JSON");
  return createHash("sha256").update(text).digest("hex");
}
