/** One file on the host. */
export interface BundleFile {
  /** Absolute. */
  readonly path: string;
  /** May hold references `@@secret:NAME@@` to secrets that are made and kept on the host. */
  readonly content: string;
  readonly mode: number;
  readonly owner: string;
  readonly group: string;
  /** Holds a reference to a secret: its mode lets nobody else read it. */
  readonly secret: boolean;
}

/** Random bytes that the host makes once, in `/etc/yizhan/secrets/NAME`; they never leave it. */
export interface SecretSpec {
  readonly name: string;
  readonly bytes: number;
  readonly encoding: "hex" | "base64url" | "base64";
  readonly owner: string;
  readonly group: string;
}

/** A file that the operator brings: its content is never in a bundle. */
export interface Supplied {
  /** Where it lies on the host. */
  readonly path: string;
  /** Where the site file says it is on the operator's disk; absent where it is put on the host by other means. */
  readonly from?: string;
  readonly mode: number;
  readonly what:
    | "invitation"
    | "authority"
    | "sealed-root"
    | "aws-credentials"
    | "certificate"
    | "certificate-key"
    | "speech-token";
}

export interface Directory {
  readonly path: string;
  readonly mode: number;
  readonly owner: string;
  readonly group: string;
}

export interface SystemUser {
  readonly name: string;
  readonly group?: string;
  readonly home?: string;
  readonly groups?: readonly string[];
}

/** A systemd unit that the bundle looks after. */
export interface Unit {
  readonly name: string;
  readonly enable: boolean;
  readonly start: boolean;
  /** Files whose change restarts it (or reloads it). */
  readonly restartWhen: readonly string[];
  readonly reload: boolean;
}

/** A PostgreSQL cluster of its own: another data folder, another write-ahead log. */
export interface Cluster {
  readonly name: "main" | "keys";
  readonly port: number;
}

export interface HostDatabase {
  readonly name: string;
  /** A role that signs in as the system user of the same name, over the socket. */
  readonly owner: string;
  readonly cluster: Cluster["name"];
}

/** What one machine of a country is: all of a station, all of the hub, or a station's further machine that hears for it. */
export type Role = "station" | "hub" | "speech";

/** Asked on the host itself. */
export interface HealthAddress {
  /** Answers 2xx. */
  readonly url: string;
  /** Counts for how the host is, and an installation does not wait for it: another machine has to come up first. */
  readonly elsewhere?: true;
}

/** Everything a host becomes. Same input, same bytes. */
export interface Bundle {
  readonly format: 1;
  readonly country: string;
  readonly role: Role;
  /** The release's version. */
  readonly release: string;
  /** What the machine must have at least. */
  readonly memoryMiB: number;
  /** `own` are packages that Debian does not have: Jitsi's, from the folder that the site names. */
  readonly debian: { readonly suite: "bookworm"; readonly packages: readonly string[]; readonly own: readonly string[] };
  readonly users: readonly SystemUser[];
  readonly groups: readonly { readonly name: string }[];
  readonly directories: readonly Directory[];
  readonly secrets: readonly SecretSpec[];
  readonly supplied: readonly Supplied[];
  readonly files: readonly BundleFile[];
  readonly units: readonly Unit[];
  readonly clusters: readonly Cluster[];
  readonly databases: readonly HostDatabase[];
  /** Asked on the host itself once everything runs. */
  readonly health: readonly HealthAddress[];
  /** Units that are started once all the others run and the host is well. Where one fails that is told, and stops nothing. */
  readonly afterwards: readonly string[];
  /** Ids of the speech models that the region's languages need. */
  readonly models: readonly string[];
  /** SHA-256 of the canonical JSON (RFC 8785) of all the rest, hex. */
  readonly digest: string;
}

/** What one service adds to a bundle. */
export interface Part {
  readonly packages?: readonly string[];
  readonly own?: readonly string[];
  readonly supplied?: readonly Supplied[];
  readonly users?: readonly SystemUser[];
  readonly groups?: readonly { readonly name: string }[];
  readonly directories?: readonly Directory[];
  readonly secrets?: readonly SecretSpec[];
  readonly files?: readonly BundleFile[];
  readonly units?: readonly Unit[];
  readonly clusters?: readonly Cluster[];
  readonly databases?: readonly HostDatabase[];
  readonly health?: readonly HealthAddress[];
  readonly afterwards?: readonly string[];
}
