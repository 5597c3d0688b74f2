import { file, jsonFile, secret } from "../../file.ts";
import { mediaPorts, ports } from "../../places.ts";
import type { Site } from "../../site.ts";
import type { BundleFile } from "../../types.ts";
import { javaLog } from "./java-log.ts";
import { xmppNames } from "./names.ts";

export const bridgePaths = {
  configuration: "/etc/jitsi/videobridge/jvb.conf",
  environment: "/etc/jitsi/videobridge/config",
} as const;

/** The videobridge. HOCON takes JSON as it is. */
export function bridgeFiles(site: Site, heap: number): BundleFile[] {
  const { auth, brewery, meet } = xmppNames(site.names.meet);
  const mapped =
    site.localAddress === undefined ? [] : [{ "local-address": site.localAddress, "public-address": site.address, name: "site" }];
  const configuration = {
    videobridge: {
      apis: {
        "xmpp-client": {
          configs: {
            station: {
              hostname: "127.0.0.1",
              port: ports.xmpp,
              domain: auth,
              username: "jvb",
              password: secret("jitsi-bridge"),
              muc_jids: brewery,
              muc_nickname: "bridge",
              disable_certificate_verification: true,
            },
          },
        },
        rest: { enabled: false },
      },
      // A closed network has no address of the internet.
      health: { "require-valid-address": false },
      "http-servers": {
        public: { host: "127.0.0.1", port: ports.bridgeSocket },
        private: { host: "127.0.0.1", port: ports.bridge },
      },
      ice: { udp: { port: mediaPorts.bridge }, "advertise-private-candidates": true },
      sctp: { enabled: false },
      websockets: { enabled: true, "server-id": "default-id", domains: [`${meet}:443`], tls: true },
    },
    ice4j: {
      harvest: {
        "use-link-local-addresses": false,
        // Nobody outside is asked which address this is.
        mapping: {
          aws: { enabled: site.target.kind === "aws" },
          stun: { enabled: false },
          "static-mappings": mapped,
        },
      },
    },
  };
  const environment = [
    `JAVA_SYS_PROPS="-Dconfig.file=${bridgePaths.configuration} -Djava.util.logging.config.file=${javaLog.path}"`,
    `VIDEOBRIDGE_MAX_MEMORY=${heap}m`,
  ];
  return [
    jsonFile(bridgePaths.configuration, configuration, { mode: 0o640, group: "jitsi" }),
    file(bridgePaths.environment, environment.join("\n")),
  ];
}
