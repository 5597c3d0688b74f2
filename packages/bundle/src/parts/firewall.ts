import type { Context } from "../context.ts";
import { file, lines } from "../file.ts";
import { mediaPorts } from "../places.ts";
import type { Part } from "../types.ts";

const path = "/etc/nftables.conf";

/** Nothing comes in but what the station answers; TURN and the bridge only where calls are held here. */
export function firewallPart({ site, size }: Context): Part {
  const calls = site.jitsi !== false;
  // The port that the operator dials may be mapped onto the usual one by a router.
  const ssh = site.target.kind === "debian" ? [...new Set([22, site.target.port])] : [];
  const tcp = [...ssh, 80, 443, ...(calls ? [mediaPorts.turn, mediaPorts.turnTls] : [])];
  const udp = calls
    ? [mediaPorts.turn, mediaPorts.turnTls, mediaPorts.bridge, `${size.turn.firstPort}-${size.turn.lastPort}`]
    : [];
  const ruleset = lines(`
    #!/usr/sbin/nft -f
    # Only this table is ours: made anew as one step, so that no moment is without it.
    table inet yizhan
    delete table inet yizhan
    table inet yizhan {
      chain input {
        type filter hook input priority filter; policy drop;
        iif "lo" accept
        ct state established,related accept
        ct state invalid drop
        meta l4proto icmp icmp type { echo-request, destination-unreachable, time-exceeded, parameter-problem } limit rate 20/second accept
        icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, nd-router-advert, packet-too-big, destination-unreachable, time-exceeded, parameter-problem } accept
        icmpv6 type echo-request limit rate 20/second accept
        udp sport 67 udp dport 68 accept
        tcp dport { ${tcp.join(", ")} } accept
        ${udp.length === 0 ? "# This station holds no calls." : `udp dport { ${udp.join(", ")} } accept`}
      }
      chain forward {
        type filter hook forward priority filter; policy drop;
      }
    }
  `);
  return {
    packages: ["nftables"],
    files: [file(path, ruleset, { mode: 0o755 })],
    units: [{ name: "nftables.service", enable: true, start: true, restartWhen: [path], reload: true }],
  };
}
