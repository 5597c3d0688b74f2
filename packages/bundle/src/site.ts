import { countryCode, overrideSchema } from "@yizhan/region";
import { isPrivateEndpoint } from "@yizhan/vault";
import { LineCounter, parseDocument } from "yaml";
import { z } from "zod";
import { BundleError } from "./errors.ts";

const domain = z
  .string()
  .regex(/^(?=.{4,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]$/, "a domain name in lower case");
const hostPath = z.string().regex(/^\/(?!.*\/\.\.(?:\/|$))[\w./-]+$/, "an absolute path on the host");
const localPath = z.string().min(1);
const address = z.union([z.ipv4(), z.ipv6()]);
const port = z.number().int().min(1).max(65_535);
const time = z.string().regex(/^(?:[01]\d|2[0-3]):[0-5]\d$/, "a time of day as 02:30");

const bucket = z.string().regex(/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/, "a bucket's name");
const awsRegion = z.string().regex(/^[a-z]{2}(?:-[a-z]+)+-\d$/, "an AWS region");

const hostKey = z
  .string()
  .regex(
    /^(?:ssh-ed25519|ecdsa-sha2-nistp256|rsa-sha2-512|ssh-rsa) [A-Za-z0-9+/]+=*$/,
    "a line as ssh-keyscan prints it, without the name",
  );
const user = z.string().regex(/^[a-z_][a-z0-9_-]*$/);

/** A further Debian machine of a station. */
const machineSchema = z.strictObject({
  /** Where the operator's SSH finds it; its name wherever it is spoken of. */
  address,
  /** Where the station finds it, in a network of their own; absent: at the same address. */
  inside: address.optional(),
  port: port.default(22),
  user: user.default("root"),
  /** Its public key: a connection to any other machine is refused. */
  hostKey,
  identity: localPath.optional(),
});

const plainSchema = z.strictObject({
  country: z.string().regex(/^[A-Z]{2}$/, "an ISO 3166-1 code"),
  /** How much one machine gives to each service: `sizes.ts`. A nation on AWS is refused by the kit. */
  size: z.enum(["clinic", "district", "national"]),
  target: z.discriminatedUnion("kind", [
    z.strictObject({
      kind: z.literal("debian"),
      host: z.string().min(1),
      port: port.default(22),
      user: user.default("root"),
      /** The host's public key: a connection to any other host is refused. */
      hostKey,
      identity: localPath.optional(),
    }),
    z.strictObject({
      kind: z.literal("aws"),
      region: awsRegion,
      account: z.string().regex(/^\d{12}$/, "an account of twelve digits"),
    }),
  ]),
  names: z.strictObject({ station: domain, meet: domain, turn: domain }),
  /** What TURN and the bridge tell the world. */
  address,
  /** The machine's own address, where a router stands between it and `address`. */
  localAddress: address.optional(),
  tls: z.discriminatedUnion("kind", [
    /** A certificate authority made on the host: for closed networks and trials. */
    z.strictObject({ kind: z.literal("internal") }),
    /** Files that somebody else keeps on the host. */
    z.strictObject({ kind: z.literal("files"), certificate: hostPath, key: hostPath }),
    z.strictObject({
      kind: z.literal("acme"),
      email: z.email(),
      /** The directory of another authority than Let's Encrypt. */
      server: z.url({ protocol: /^https$/ }).optional(),
      /** Path of the certificate that this authority's own server shows, where no public one made it. */
      authority: localPath.optional(),
    }),
  ]),
  hub: z
    .strictObject({
      url: z.url({ protocol: /^https$/ }),
      /** Path of the hub's invitation, beside this file. */ invitation: localPath,
      /** Path of the authority's certificate that the hub's own was made by, where no public one made it. */
      authority: localPath.optional(),
    })
    .optional(),
  unseal: z.discriminatedUnion("kind", [
    /** A key file on the host's own disk. */
    z.strictObject({ kind: z.literal("file") }),
    /** Nowhere on the host in the open: after each start somebody types it, `yizhan unseal`. */
    z.strictObject({ kind: z.literal("passphrase") }),
    z.strictObject({
      kind: z.literal("shares"),
      /** People who hold a share, and how many of them open the station together. */
      people: z.number().int().min(2).max(16).default(5),
      needed: z.number().int().min(2).max(16).default(3),
    }),
    z.strictObject({
      kind: z.literal("kms"),
      keyId: z.string().min(1),
      sealed: hostPath,
      /** Of the key; absent: the region of an AWS target. */
      region: awsRegion.optional(),
      endpoint: z.string().refine(isPrivateEndpoint, "https://…, or http:// on the host itself").optional(),
      /** A file of AWS credentials, put on the host by other means; absent: the machine's own role. */
      credentials: hostPath.optional(),
    }),
  ]),
  alerts: z.strictObject({
    email: z.email().optional(),
    /** The mail relay that takes this host's mail: `starttls://mail.example.org:587`. Without one there is no mail. */
    relay: z
      .string()
      .regex(
        /^(?:smtp|starttls|smtps):\/\/[\w.-]+:\d+$/,
        "smtp:// (a relay of the same network), starttls:// or smtps://, a host and a port",
      )
      .optional(),
    webhook: z.url({ protocol: /^https$/ }).optional(),
  }),
  backup: z.strictObject({
    at: time,
    keep: z.number().int().min(2).max(365),
    /** A folder for the one copy of the key store: on another disk than the backups, which it opens. */
    keys: hostPath.optional(),
    target: z.discriminatedUnion("kind", [
      z.strictObject({ kind: z.literal("directory"), path: hostPath }),
      z.strictObject({
        kind: z.literal("s3"),
        bucket,
        region: z.string(),
        /** Nobody deletes a backup before so many days are over. */
        lockDays: z.number().int().min(1),
        /** `compliance`: nobody at all. `governance`: nobody without a special right. */
        lockMode: z.enum(["compliance", "governance"]).default("compliance"),
        /** Another bucket, without lock and versions: the copy of the key store is replaced in it, so that a forgotten patient is. */
        keys: z.strictObject({ bucket }),
        /** A store of one's own that speaks S3. */
        endpoint: z.string().refine(isPrivateEndpoint, "https://…, or http:// on the host itself").optional(),
        /** Where such a store stands: only its owner knows. */
        country: countryCode.optional(),
        /** A file of AWS credentials, put on the host by other means; absent: the machine's own role. */
        credentials: hostPath.optional(),
      }),
    ]),
  }),
  /** Security updates of Debian: by the host itself where it has the internet, or with the next bundle. */
  updates: z.enum(["automatic", "bundle"]).default("bundle"),
  /** False: this station has no calls of its own. Otherwise a folder with Jitsi's own Debian packages. */
  jitsi: z.union([z.literal(false), z.strictObject({ packages: localPath })]),
  speech: z
    .strictObject({
      /** Hears what the region gives to `remote`: a server on the host, or a tunnel's end to one inside the country. */
      remoteHearing: z.strictObject({
        url: z.url({
          protocol: /^http$/,
          hostname: /^(?:127\.0\.0\.1|\[::1\])$/,
          error: "http://127.0.0.1 and a port: a tunnel's end",
        }),
        model: z.string().min(1),
        /** A file with the server's key, put on the host by other means. */
        apiKey: hostPath.optional(),
      }),
    })
    .optional(),
  /** Further machines of the station, in the same country and best in the same network. */
  machines: z
    .strictObject({
      /** From which address they see the station come; absent: `localAddress`, or else `address`. */
      station: address.optional(),
      /** They hear and translate; then the station itself does not. */
      speech: z.array(machineSchema).min(1).max(32),
    })
    .optional(),
  /** Rules of residency that a named person overrides, with the reason, until a day. */
  overrides: z.array(overrideSchema).default([]),
  wireguard: z
    .strictObject({
      address: z.string().regex(/^[0-9a-f.:]+\/\d{1,3}$/i, "an address with its prefix: 10.80.0.2/32"),
      peer: z.strictObject({
        publicKey: z.string().regex(/^[A-Za-z0-9+/]{43}=$/),
        endpoint: z.string().regex(/^[\w.:[\]-]+:\d+$/),
        allowed: z.array(z.string()).min(1),
      }),
    })
    .optional(),
});

/** What is known of one installation and of no country: where, under which names, for whom. `fleet/MZ.yaml`. */
export const siteSchema = plainSchema.superRefine(({ target, alerts, backup, unseal, machines, ...site }, context) => {
  const fault = (path: (string | number)[], message: string) => context.addIssue({ code: "custom", path, message });
  // An alarm that nobody hears is worse than none: whoever reads the file counts on it. AWS sends mail itself.
  if (target.kind === "debian" && alerts.email !== undefined && alerts.relay === undefined)
    fault(["alerts", "email"], "no mail leaves without a relay: add relay: starttls://mail.example.org:587, or use webhook");
  if (backup.target.kind === "directory" && backup.keys === backup.target.path)
    fault(["backup", "keys"], "the copy of the key store opens the backups: name another place than theirs");
  if (backup.target.kind === "s3" && backup.target.keys.bucket === backup.target.bucket)
    fault(["backup", "target", "keys"], "under the lock a forgotten patient's key would stay: name another bucket, without lock");
  if (unseal.kind === "shares" && unseal.needed > unseal.people)
    fault(["unseal", "needed"], "more people are needed than hold a share");
  if (target.kind === "aws" && (unseal.kind === "passphrase" || unseal.kind === "shares"))
    fault(["unseal"], "a machine on AWS is reached by nobody who could type: use kms");
  if (target.kind === "debian" && unseal.kind === "kms") {
    if (unseal.region === undefined) fault(["unseal", "region"], "which AWS region holds the key?");
    if (unseal.credentials === undefined) fault(["unseal", "credentials"], "a machine outside AWS has no role: name a file");
  }
  if (target.kind === "debian" && backup.target.kind === "s3" && backup.target.credentials === undefined)
    fault(["backup", "target", "credentials"], "a machine outside AWS has no role: name a file");
  if (machines === undefined) return;
  if (target.kind === "aws") fault(["machines"], "on AWS a station is one machine: take it out");
  const taken = new Set([site.address, site.localAddress, ...(target.kind === "debian" ? [target.host] : [])]);
  for (const [index, machine] of machines.speech.entries()) {
    if (taken.has(machine.address))
      fault(["machines", "speech", index, "address"], "the station's own, or named twice: each is a machine of its own");
    taken.add(machine.address);
  }
});
export type Site = z.infer<typeof siteSchema>;
export type Machine = z.infer<typeof machineSchema>;

/** Reads a site file. Throws `site-invalid` with the line and the remedy of every fault. */
export function parseSite(text: string, file: string): Site {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true });
  const [broken] = document.errors;
  if (broken !== undefined) {
    const { line, col } = lines.linePos(broken.pos[0]);
    throw new BundleError("site-invalid", `${file}:${line}:${col}: ${broken.message.split("\n")[0]}`, broken);
  }
  const parsed = siteSchema.safeParse(document.toJS());
  if (parsed.success) return parsed.data;
  const faults = parsed.error.issues.map((issue) => {
    const unknown = issue.code === "unrecognized_keys" ? issue.keys : [];
    const path = [...issue.path, ...unknown.slice(0, 1)];
    let node: unknown;
    for (let length = path.length; length >= 0 && !isPlaced(node); length -= 1)
      node = document.getIn(path.slice(0, length), true);
    const { line } = lines.linePos(isPlaced(node) ? node.range[0] : 0);
    const remedy = unknown.length > 0 ? `unknown: ${unknown.join(", ")}. Remove it, or look how it is spelt.` : issue.message;
    return `${file}:${line}: ${issue.path.join(".") || "(top)"}: ${remedy}`;
  });
  throw new BundleError("site-invalid", faults.join("\n"), parsed.error);
}

function isPlaced(node: unknown): node is { range: [number, number, number] } {
  return typeof node === "object" && node !== null && "range" in node && Array.isArray(node.range);
}
