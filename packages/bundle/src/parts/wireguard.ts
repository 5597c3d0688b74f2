import type { Context } from "../context.ts";
import { file, lines, secret } from "../file.ts";
import type { Part } from "../types.ts";

const path = "/etc/wireguard/hub.conf";

/** A private link to the hub, where the site wants one. The station dials; the host makes its own key. */
export function wireguardPart({ site }: Context): Part | undefined {
  if (site.wireguard === undefined) return undefined;
  const { address, peer } = site.wireguard;
  return {
    packages: ["wireguard-tools"],
    secrets: [{ name: "wireguard", bytes: 32, encoding: "base64", owner: "root", group: "root" }],
    files: [
      file(
        path,
        lines(`
          [Interface]
          Address = ${address}
          PrivateKey = ${secret("wireguard")}

          [Peer]
          PublicKey = ${peer.publicKey}
          Endpoint = ${peer.endpoint}
          AllowedIPs = ${peer.allowed.join(", ")}
          PersistentKeepalive = 25
        `),
      ),
    ],
    units: [{ name: "wg-quick@hub.service", enable: true, start: true, restartWhen: [path], reload: false }],
  };
}
