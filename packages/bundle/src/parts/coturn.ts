import type { Context } from "../context.ts";
import { file, lines, secret } from "../file.ts";
import { mediaPorts } from "../places.ts";
import type { Part } from "../types.ts";
import { dropIn, sandbox } from "../unit-file.ts";
import { tlsGroup, tlsPaths } from "./tls.ts";

const path = "/etc/turnserver.conf";

/** Addresses that are nobody's on the internet: nobody may use the relay to reach what stands beside it (RFC 6890). */
const inner = [
  "0.0.0.0-0.255.255.255",
  "10.0.0.0-10.255.255.255",
  "100.64.0.0-100.127.255.255",
  "127.0.0.0-127.255.255.255",
  "169.254.0.0-169.254.255.255",
  "172.16.0.0-172.31.255.255",
  "192.0.0.0-192.0.0.255",
  "192.0.2.0-192.0.2.255",
  "192.88.99.0-192.88.99.255",
  "192.168.0.0-192.168.255.255",
  "198.18.0.0-198.19.255.255",
  "198.51.100.0-198.51.100.255",
  "203.0.113.0-203.0.113.255",
  "224.0.0.0-255.255.255.255",
  "::1",
  "64:ff9b::-64:ff9b::ffff:ffff",
  "::ffff:0.0.0.0-::ffff:255.255.255.255",
  "100::-100::ffff:ffff:ffff:ffff",
  "2001::-2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
  "2002::-2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
  "fc00::-fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
  "fe80::-febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
];

/** TURN with credentials that expire (`packages/meet` makes them), for callers behind strict networks. */
export function coturnPart(context: Context): Part | undefined {
  const { site, size } = context;
  if (site.jitsi === false) return undefined;
  const { certificate, key } = tlsPaths(site);
  const addresses = [site.address, ...(site.localAddress === undefined ? [] : [site.localAddress])];
  const text = lines(`
    listening-port=${mediaPorts.turn}
    tls-listening-port=${mediaPorts.turnTls}
    external-ip=${site.localAddress === undefined ? site.address : `${site.address}/${site.localAddress}`}
    realm=${site.names.turn}
    fingerprint
    use-auth-secret
    static-auth-secret=${secret("turn")}
    cert=${certificate}
    pkey=${key}
    no-tlsv1
    no-tlsv1_1
    min-port=${size.turn.firstPort}
    max-port=${size.turn.lastPort}
    # One person's devices; all persons; bytes a second of one allocation.
    user-quota=12
    total-quota=${size.turn.quota}
    max-bps=500000
    stale-nonce=600
    max-allocate-lifetime=3600
    channel-lifetime=600
    no-multicast-peers
    no-tcp-relay
    no-cli
    no-rfc5780
    no-stun-backward-compatibility
    response-origin-only-with-rfc5780
    no-software-attribute
    # Users are pseudonyms; warnings alone go to the journal.
    syslog
    simple-log
  `);
  const peers = [...inner.map((range) => `denied-peer-ip=${range}`), ...addresses.map((one) => `allowed-peer-ip=${one}`)];
  return {
    packages: ["coturn"],
    secrets: [{ name: "turn", bytes: 32, encoding: "hex", owner: "root", group: "root" }],
    files: [
      file(path, `${text}${peers.join("\n")}\n`, { mode: 0o640, group: "turnserver" }),
      dropIn("coturn.service", {
        Unit: { After: "yizhan-certificate.service" },
        Service: {
          ...sandbox,
          SupplementaryGroups: tlsGroup,
          Restart: "always",
          RestartSec: 5,
          MemoryMax: "512M",
          RuntimeDirectory: "turnserver",
          ReadWritePaths: "-/var/lib/turn",
        },
      }),
    ],
    units: [
      {
        name: "coturn.service",
        enable: true,
        start: true,
        restartWhen: [path, `/etc/systemd/system/coturn.service.d`],
        reload: false,
      },
    ],
  };
}
