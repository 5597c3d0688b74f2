export {
  type Manifest,
  manifestBytes,
  openManifest,
  type Part,
  type PartKind,
  sameFingerprint,
  signerFingerprint,
  signManifest,
  type VerifiedManifest,
} from "./archive/manifest.ts";
export { checkedPart, openArchive, type PartSource } from "./archive/parts.ts";
export { fileEntry, indexTar, type TarEntry, type TarMember, writeTar } from "./archive/tar.ts";
export { codeOfExit, HostError, type HostErrorCode, remedyOf } from "./errors.ts";
export type { HostEvent } from "./progress.ts";
export type { Check } from "./preflight.ts";
export type { Drift } from "./drift.ts";
export type { HostStatus } from "./status.ts";
export { bootstrap } from "./bootstrap.ts";
export { paths as hostPaths } from "./paths.ts";
export { checkCertificate, type Destruction } from "./handover/certificate.ts";
export { openHandover } from "./handover/seal.ts";
