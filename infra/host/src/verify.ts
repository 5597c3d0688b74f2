import { openManifest, sameFingerprint, type VerifiedManifest } from "./archive/manifest.ts";
import { checkedPart, type PartSource } from "./archive/parts.ts";
import { type Bundle, readBundle } from "./bundle.ts";
import { HostError } from "./errors.ts";
import type { HostState } from "./state.ts";

export interface Trust {
  /** What the operator compared. Needed on an empty host; afterwards the pinned one holds. */
  readonly fingerprint?: string;
  /** Replaces the pinned signer by the one of `fingerprint`, on purpose. */
  readonly newSigner?: boolean;
}

export interface VerifiedArchive extends VerifiedManifest {
  readonly bundle: Bundle;
}

/**
 * Reads an archive only so far as it is trusted: signature, signer, country, sequence, then the bundle. Throws
 * `archive-unsigned`, `archive-altered`, `archive-other-signer`, `archive-other-country`, `archive-older`, `part-missing`.
 */
export async function verifyArchive(source: PartSource, state: HostState | undefined, trust: Trust): Promise<VerifiedArchive> {
  const verified = openManifest(source.manifest, source.signature);
  const { manifest, fingerprint } = verified;
  const pinned = trust.newSigner === true ? trust.fingerprint : (state?.fingerprint ?? trust.fingerprint);
  if (pinned === undefined)
    throw new HostError(
      "archive-other-signer",
      `The archive is signed by ${fingerprint}. Nobody said yet whom this host trusts.`,
    );
  const given = trust.fingerprint ?? pinned;
  if (!sameFingerprint(fingerprint, pinned) || !sameFingerprint(fingerprint, given))
    throw new HostError(
      "archive-other-signer",
      `The archive is signed by ${fingerprint}; expected: ${sameFingerprint(fingerprint, pinned) ? given : pinned}.`,
    );
  if (state !== undefined && state.country !== manifest.country)
    throw new HostError("archive-other-country", `The archive is for ${manifest.country}; this host is ${state.country}.`);
  // What a station holds would be left on a machine that is something else from then on.
  if (state !== undefined && state.role !== manifest.role)
    throw new HostError("archive-other-country", `The archive is for a ${manifest.role}; this host is a ${state.role}.`);
  const newest = Math.max(state?.sequence ?? 0, state?.applying?.sequence ?? 0);
  if (manifest.sequence < newest)
    throw new HostError("archive-older", `The archive's number is ${manifest.sequence}; this host has seen ${newest}.`);
  const part = manifest.parts.find((one) => one.kind === "bundle");
  if (part === undefined) throw new HostError("archive-unreadable", "The archive has no bundle.");
  const pieces: Buffer[] = [];
  for await (const piece of checkedPart(source, part)) pieces.push(piece);
  const bundle = readBundle(Buffer.concat(pieces).toString("utf8"));
  if (bundle.country !== manifest.country || bundle.release !== manifest.version)
    throw new HostError("archive-altered", "The bundle is not the one the manifest speaks of.");
  return { ...verified, bundle };
}
