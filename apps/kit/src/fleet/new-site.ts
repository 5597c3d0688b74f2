import { isIP } from "node:net";
import { stringify } from "yaml";
import type { Region } from "@yizhan/region";

/** What cannot be known of a new site; everything else follows from it and from the country file. */
export interface SiteAnswers {
  readonly size: "clinic" | "district" | "national";
  readonly target:
    | {
        readonly kind: "debian";
        readonly host: string;
        readonly port: number;
        readonly user: string;
        readonly hostKey: string;
        readonly identity?: string;
      }
    | { readonly kind: "aws"; readonly region: string; readonly account: string };
  /** The station's name; meeting and TURN stand under it. */
  readonly name: string;
  /** What TURN announces. */
  readonly address: string;
  /** An e-mail address for certificates from a public authority; absent: the host makes its own authority. */
  readonly acme?: string;
  readonly hub?: { readonly url: string; readonly invitation: string; readonly authority?: string };
  readonly alerts: { readonly email?: string; readonly relay?: string; readonly webhook?: string };
  /** Folder of Jitsi's packages, on this machine. */
  readonly jitsi?: string;
}

/** The site file's text. */
export function siteText(region: Region, answers: SiteAnswers): string {
  const site = {
    country: region.code,
    size: answers.size,
    target: answers.target,
    names: { station: answers.name, meet: `meet.${answers.name}`, turn: `turn.${answers.name}` },
    address: answers.address,
    tls: answers.acme === undefined ? { kind: "internal" } : { kind: "acme", email: answers.acme },
    ...(answers.hub === undefined ? {} : { hub: answers.hub }),
    // A key file opens by itself after a power cut with nobody there; a KMS is named here by hand.
    unseal: { kind: "file" },
    alerts: answers.alerts,
    backup: { at: "02:30", keep: 14, target: { kind: "directory", path: "/var/backups/yizhan" } },
    jitsi: answers.jitsi === undefined ? false : { packages: answers.jitsi },
  };
  return `# Where the station of ${region.code} stands. No secret belongs in here.\n${stringify(site, { lineWidth: 120 })}`;
}

/** A name that DNS could hold, with at least one dot. */
export const isHostName = (text: string): boolean =>
  text.length <= 240 && /^(?=.*[a-z])(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9-]{2,}$/.test(text);

export const isAddress = (text: string): boolean => isIP(text) !== 0;
