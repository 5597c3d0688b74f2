import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { loadRegion } from "@yizhan/region";
import { renderBundle, type Site } from "../../packages/bundle/src/index.ts";
import { exampleSite } from "../../packages/bundle/src/testing/site.ts";
import { root } from "../support/local.ts";
import { type Machine, openMachine } from "./machine.ts";

/** A station's calls: its Jitsi, relay, TLS and speech service, all with the rendered files. */
export interface Calls {
  readonly machine: Machine;
  readonly site: Site;
  /** As the host made it. */
  secret(name: string): string;
  close(): Promise<void>;
}

/**
 * Starts what a site's bundle says with the programs of `jitsi`: a folder as `/usr/share` of a host that has
 * Jitsi's packages: `jicofo/`, `jitsi-videobridge/`, `jitsi-meet/prosody-plugins/` and
 * `jitsi-meet/libs/lib-jitsi-meet.min.js`.
 */
export async function startCalls(jitsi: string, models: string): Promise<Calls> {
  const site = exampleSite("MZ");
  const region = await loadRegion(join(root, "regions"), "MZ");
  const bundle = renderBundle({ region, site, release: "1" });
  const made = new Map(bundle.secrets.map(({ name, bytes }) => [name, randomBytes(bytes).toString("hex")]));
  const secret = (name: string) => {
    const found = made.get(name);
    if (found === undefined) throw new Error(`the bundle asks for no secret ${name}`);
    return found;
  };
  const machine = await openMachine(site.address);
  try {
    const wanted =
      /^\/(?:etc\/(?:prosody|jitsi|nginx|turnserver)|var\/lib\/prosody|usr\/local\/(?:lib\/yizhan|share\/lua)|etc\/yizhan\/speech)/;
    const files = bundle.files
      .filter(({ path }) => wanted.test(path))
      .map(({ path, content }) => ({
        path,
        content: content.replaceAll(/@@secret:([\w.-]+)@@/g, (_, name: string) => secret(name)),
      }));
    const names = Object.values(site.names).join(" ");
    await machine.put([
      ...files,
      ...["jitsi-app", "turn"].map((name) => ({ path: `/etc/yizhan/secrets/${name}`, content: `${secret(name)}\n` })),
      { path: "/etc/hosts", content: `127.0.0.1 localhost\n${site.address} ${names}\n` },
      { path: "/usr/share/jitsi-meet/call.html", content: await readFile(join(import.meta.dirname, "call.html"), "utf8") },
    ]);
    await machine.run("sh", "-euc", arrange, "arrange", jitsi, "/usr/share/jitsi-meet");
    await machine.run("sh", "/usr/local/lib/yizhan/certificate");
    await machine.run("chown", "-R", "prosody:prosody", "/var/lib/prosody");
    // The one thing that differs: what prosody warns of is read here, not in the system's log.
    const prosody = files.find(({ path }) => path === "/etc/prosody/prosody.cfg.lua")?.content ?? "";
    await machine.put([{ path: "/etc/prosody/here.cfg.lua", content: prosody.replace("*syslog", "/run/prosody/log") }]);
    await machine.run("chgrp", "-R", "prosody", "/etc/prosody");
    await begin(machine, models, secret("speech-token"));
    return { machine, site, secret, close: () => machine.close() };
  } catch (error) {
    await machine.close();
    throw error;
  }
}

/** What Debian's packages and the installer do: accounts, folders, programs in their places. */
const arrange = `
groupadd -f jitsi
groupadd -f yizhan-tls
for user in jicofo jvb; do id $user >/dev/null 2>&1 || useradd -r -g jitsi $user; done
mkdir -p /usr/share/jicofo /usr/share/jitsi-videobridge /var/lib/yizhan/acme /var/lib/yizhan/acme-account /etc/yizhan/tls /var/log/nginx
mount --bind "$1/jicofo" /usr/share/jicofo
mount --bind "$1/jitsi-videobridge" /usr/share/jitsi-videobridge
for part in prosody-plugins libs; do mkdir -p "$2/$part"; mount --bind "$1/jitsi-meet/$part" "$2/$part"; done
chown prosody:prosody /run/prosody
`;

/** Waits in there until something listens at a port of the loopback address. */
const until = (port: number) =>
  `i=0; until (exec 3<>/dev/tcp/127.0.0.1/${port}) 2>/dev/null; do i=$((i+1)); [ $i -lt 600 ]; sleep 0.1; done`;

async function begin(machine: Machine, models: string, token: string): Promise<void> {
  const as = (user: string, group: string) => ["setpriv", `--reuid=${user}`, `--regid=${group}`, "--groups=yizhan-tls"];
  machine.start("prosody", ...as("prosody", "prosody"), "prosody", "-F", "--config", "/etc/prosody/here.cfg.lua");
  machine.start("nginx", "nginx", "-c", "/etc/nginx/nginx.conf", "-g", "daemon off;");
  machine.start("turn", "turnserver", "-c", "/etc/turnserver.conf", "--pidfile", "/run/turn.pid", "--userdb", "/run/turn.users");
  await machine.put([
    { path: "/opt/speech.token", content: token },
    {
      path: "/opt/speech.json",
      content: JSON.stringify({
        ...(JSON.parse(await machine.run("cat", "/etc/yizhan/speech.json")) as object),
        regions: join(root, "regions"),
        locales: join(root, "locales"),
        models,
        tokenFile: "/opt/speech.token",
      }),
    },
  ]);
  await machine.run("chmod", "600", "/opt/speech.json");
  machine.start("speech", "env", "YIZHAN_CONFIG=/opt/speech.json", process.execPath, join(root, "apps/speech/src/main.ts"));
  await machine.run("bash", "-euc", until(5222));
  for (const [program, configuration] of [
    ["/usr/share/jitsi-videobridge/jvb.sh", "/etc/jitsi/videobridge/config"],
    ["/usr/share/jicofo/jicofo.sh", "/etc/jitsi/jicofo/config"],
  ] as const)
    machine.start(basename(program), "bash", "-euc", `set -a; . ${configuration}; exec ${program}`);
  await machine.run("bash", "-euc", [443, 4811, 9090, 8888].map(until).join("\n"));
  // Jicofo is well when a bridge has come to it.
  await machine.run(
    "sh",
    "-euc",
    "i=0; until curl -fsS http://127.0.0.1:8888/about/health 2>/dev/null; do i=$((i+1)); [ $i -lt 240 ]; sleep 0.5; done",
  );
}
