export { BundleError } from "./errors.ts";
export { handedToMachine, madeForMachines, secretOfSpeech } from "./machines.ts";
export { mediaPorts } from "./places.ts";
export { type BundleInput, bundleDigest, renderBundle } from "./render.ts";
export { type Machine, parseSite, type Site, siteSchema } from "./site.ts";
export { type Size, sizes } from "./sizes.ts";
export type {
  Bundle,
  BundleFile,
  Cluster,
  Directory,
  HostDatabase,
  Role,
  SecretSpec,
  Supplied,
  SystemUser,
  Unit,
} from "./types.ts";
