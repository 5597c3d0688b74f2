import { createHash } from "node:crypto";
import type { Region } from "@yizhan/region";
import canonicalize from "canonicalize";
import type { Context } from "./context.ts";
import { BundleError } from "./errors.ts";
import { modelIds } from "./models.ts";
import { parts } from "./parts/index.ts";
import type { Site } from "./site.ts";
import { sizes } from "./sizes.ts";
import type { Bundle, Part } from "./types.ts";

export interface BundleInput {
  readonly region: Region;
  readonly site: Site;
  /** The release's version. */
  readonly release: string;
}

/** What a host becomes. Pure: the same input gives the same bytes. Throws `site-not-of-region`. */
export function renderBundle({ region, site, release }: BundleInput): Bundle {
  if (region.code !== site.country)
    throw new BundleError("site-not-of-region", `The site is for ${site.country}, the region for ${region.code}.`);
  if (region.role === "hub" && site.hub !== undefined)
    throw new BundleError("site-not-of-region", `${region.code} is the hub: take "hub" out of its site file.`);
  const context: Context = { region, site, release, size: sizes[site.size] };
  const all = parts.map((part) => part(context)).filter((part) => part !== undefined);
  const bundle = {
    format: 1 as const,
    country: region.code,
    role: region.role,
    release,
    memoryMiB: context.size.memory,
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
    models: modelIds(region),
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
