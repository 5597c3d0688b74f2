import type { RemoteHost } from "./ssh.ts";
import type { Station } from "./stations.ts";

/** A release made ready for one country: signed, its small files apart, its parts known by their sums. */
export interface Prepared {
  readonly release: string;
  /** SHA-256 of the signed manifest, hex. */
  readonly digest: string;
  /** Fingerprint of the key that signed it. */
  readonly fingerprint: string;
  /** Manifest, signature, bundle and the first step of the installer: absolute paths here and there. */
  readonly inbox: readonly { readonly from: string; readonly to: string }[];
  /** The whole archive, for AWS; absolute path and SHA-256. */
  readonly archive?: { readonly file: string; readonly sha256: string };
}

export interface Progress {
  readonly done: number;
  readonly total: number;
  readonly item: string;
}

/** A station itself, or those of its further machines that hear. */
export type MachineRole = "station" | "speech";

/** How a release is made and brought to a host; `yizhan bundle` makes the same for a courier. */
export interface ReleaseTools {
  prepare(station: Station, role: MachineRole, onProgress: (progress: Progress) => void): Promise<Prepared>;
  /**
   * Sends what the host lacks, by content; goes on where a broken link left off. `handed`: what travels beside it besides what the
   * site file names, by file name.
   */
  push(
    host: RemoteHost,
    prepared: Prepared,
    onProgress: (progress: Progress) => void,
    handed?: ReadonlyMap<string, Uint8Array>,
  ): Promise<void>;
}
