export { BundleError } from "./errors.ts";
export { mediaPorts } from "./places.ts";
export { type BundleInput, bundleDigest, renderBundle } from "./render.ts";
export { parseSite, type Site, siteSchema } from "./site.ts";
export { type Size, sizes } from "./sizes.ts";
export type { Bundle, BundleFile, Cluster, Directory, HostDatabase, SecretSpec, Supplied, SystemUser, Unit } from "./types.ts";
