import { file, jsonFile, secret } from "../../file.ts";
import { ports } from "../../places.ts";
import type { Site } from "../../site.ts";
import type { BundleFile } from "../../types.ts";
import { javaLog } from "./java-log.ts";
import { xmppNames } from "./names.ts";

export const jicofoPaths = { configuration: "/etc/jitsi/jicofo/jicofo.conf", environment: "/etc/jitsi/jicofo/config" } as const;

/** HOCON takes JSON as it is. */
export function jicofoFiles(site: Site, heap: number): BundleFile[] {
  const { auth, meet, muc, focus, brewery } = xmppNames(site.names.meet);
  const configuration = {
    jicofo: {
      // Prosody asks for the token.
      authentication: { enabled: false, type: "NONE" },
      bridge: { "brewery-jid": brewery, "xmpp-connection-name": "Client" },
      // Who leads is in the token.
      conference: { "enable-auto-owner": false },
      // Off unless asked for, and then the health agent would hear a 404.
      health: { enabled: true },
      octo: { enabled: false },
      rest: { enabled: true, host: "127.0.0.1", port: ports.jicofo },
      // Messages go over the bridge's WebSocket, which nginx passes on.
      sctp: { enabled: false },
      transcription: {
        "url-template": `ws://127.0.0.1:${ports.speech}/transcribe?sessionId={{MEETING_ID}}&sendBack=true&sendBackInterim=true`,
        "http-headers": { Authorization: `Bearer ${secret("speech-token")}` },
        ping: { enabled: true, interval: "10 seconds", timeout: "3 seconds" },
      },
      xmpp: {
        client: {
          enabled: true,
          hostname: "127.0.0.1",
          port: ports.xmpp,
          domain: auth,
          "xmpp-domain": meet,
          username: "focus",
          password: secret("jitsi-focus"),
          "conference-muc-jid": muc,
          "client-proxy": focus,
          // The connection does not leave this machine, and the certificate names the machine's public side.
          "disable-certificate-verification": true,
        },
        "trusted-domains": [auth],
      },
    },
  };
  const environment = [
    `JAVA_SYS_PROPS="-Dconfig.file=${jicofoPaths.configuration} -Djava.util.logging.config.file=${javaLog.path}"`,
    `JICOFO_MAX_MEMORY=${heap}m`,
  ];
  return [
    jsonFile(jicofoPaths.configuration, configuration, { mode: 0o640, group: "jitsi" }),
    file(jicofoPaths.environment, environment.join("\n")),
  ];
}
