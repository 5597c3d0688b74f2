import type { Context } from "../context.ts";
import { file, lines } from "../file.ts";
import { stationAddress } from "../machines.ts";
import { mediaPorts, ports } from "../places.ts";
import type { Part } from "../types.ts";

const path = "/etc/nftables.conf";

/** Nothing comes in but what is answered: pages; TURN and the bridge where calls are held; on a further machine its station alone. */
export function firewallPart({ site, size, role }: Context): Part {
  const further = role === "speech";
  const calls = site.jitsi !== false && !further;
  // The port that the operator dials may be mapped onto the usual one by a router.
  const dialled = further ? (site.machines?.speech ?? []).map((one) => one.port) : [];
  const ssh = site.target.kind === "debian" ? [...new Set([22, ...(further ? dialled : [site.target.port])])] : [];
  const from = stationAddress(site);
  const tcp = [...ssh, ...(further ? [] : [80, 443]), ...(calls ? [mediaPorts.turn, mediaPorts.turnTls] : [])];
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
        ${further ? `${from.includes(":") ? "ip6" : "ip"} saddr ${from} tcp dport ${ports.machine} accept` : "# Pages are for everybody."}
        ${udp.length === 0 ? "# This machine holds no calls." : `udp dport { ${udp.join(", ")} } accept`}
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
