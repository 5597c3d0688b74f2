import type { Site } from "../site.ts";

/** A plausible site of a country, with calls, for tests. */
export function exampleSite(country: string, more: Partial<Site> = {}): Site {
  const name = country.toLowerCase();
  return {
    country,
    size: "clinic",
    target: {
      kind: "debian",
      host: "192.0.2.4",
      port: 22,
      user: "root",
      hostKey: "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIJ8b7N1p0ZlJx1m0l0m0l0m0l0m0l0m0l0m0l0m0l0m0",
    },
    names: { station: `${name}.example.org`, meet: `meet.${name}.example.org`, turn: `turn.${name}.example.org` },
    address: "192.0.2.4",
    tls: { kind: "internal" },
    unseal: { kind: "file" },
    alerts: { email: "night@example.org", relay: "starttls://mail.example.org:587" },
    backup: { at: "02:30", keep: 14, keys: "/mnt/keys", target: { kind: "directory", path: "/var/lib/yizhan/backups" } },
    updates: "bundle",
    overrides: [],
    jitsi: { packages: "./jitsi" },
    ...more,
  };
}
