import type { Context } from "../context.ts";
import { jsonFile, file as textFile, secret } from "../file.ts";
import { mediaPorts, places, ports } from "../places.ts";
import { credential, nodeService } from "../node-service.ts";
import type { Site } from "../site.ts";
import type { Part, Supplied } from "../types.ts";
import { jitsiAppId } from "./jitsi/names.ts";
import { databaseAddress } from "./postgres.ts";
import { typedRoot } from "./unseal.ts";

/** First accounts: who lets everybody else in. Their passphrases are made on the host and changed at the first sign-in. */
const firstRoles = { station: ["administrator", "coordinator"], hub: ["administrator", "operator"] } as const;

const invitation = `${places.etc}/invitation.json`;
const hubAuthority = `${places.etc}/hub-authority.pem`;

/** What the station or the hub is handed, and where it lies before; besides its configuration. */
export function serverCredentials({ region, site }: Context): Record<string, string> {
  return {
    root: typedRoot(site) ?? (site.unseal.kind === "kms" ? site.unseal.sealed : `${places.secrets}/root`),
    ...(site.unseal.kind === "kms" && site.unseal.credentials !== undefined ? { "root-aws": site.unseal.credentials } : {}),
    staff: `${places.etc}/staff.json`,
    "data-url": `${places.etc}/data-url`,
    "keys-url": `${places.etc}/keys-url`,
    ...(region.role === "station" ? { "speech-token": `${places.secrets}/${speechToken.name}` } : {}),
    ...(hasCalls({ region, site }) ? { "jitsi-app": `${places.secrets}/jitsi-app`, turn: `${places.secrets}/turn` } : {}),
    ...(site.hub === undefined ? {} : { invitation }),
  };
}

/** The configuration of the station or the hub, as the unit `unit` finds what it is handed. */
export function serverConfig({ region, site }: Context, unit: string): object {
  const app = region.role;
  const handed = (name: string) => credential(unit, name);
  const data = `${places.data}/${app}`;
  return {
    country: region.code,
    regions: `${places.release}/regions`,
    locales: `${places.release}/locales`,
    data,
    host: "127.0.0.1",
    port: ports[app],
    publicUrl: `https://${site.names.station}`,
    web: `${places.release}/apps/web/dist`,
    database: { kind: "postgres", urlFile: handed("data-url"), keyUrlFile: handed("keys-url") },
    root: rootConfig(site, handed),
    staff: handed("staff"),
    ...(app === "hub" ? { invitations: `${data}/invitations.json` } : {}),
    ...(site.hub === undefined ? {} : { hub: { invitation: handed("invitation") } }),
    ...(app === "station" && site.overrides.length > 0 ? { overrides: site.overrides } : {}),
    ...(hasCalls({ region, site }) ? { meet: meetConfig(site.names, handed) } : {}),
    ...(app === "station" ? { speech: { url: `http://127.0.0.1:${ports.speech}`, tokenFile: handed("speech-token") } } : {}),
  };
}

const hasCalls = ({ region, site }: Pick<Context, "region" | "site">) => region.role === "station" && site.jitsi !== false;

/** The Jitsi and the relay of the same host: `jitsi/prosody.ts` and `coturn.ts` have the same names and secrets. */
const meetConfig = ({ meet, turn }: Site["names"], handed: (name: string) => string) => ({
  url: `https://${meet}`,
  domain: meet,
  appId: jitsiAppId,
  tokenSecretFile: handed("jitsi-app"),
  turn: { host: turn, port: mediaPorts.turn, tlsPort: mediaPorts.turnTls, secretFile: handed("turn") },
});

/** How the root is unsealed: packages/vault, `RootConfig`. */
function rootConfig({ unseal, target }: Context["site"], handed: (name: string) => string): object {
  if (unseal.kind !== "kms") return { kind: "file", path: handed("root") };
  const { keyId, endpoint, credentials } = unseal;
  const region = unseal.region ?? (target.kind === "aws" ? target.region : undefined);
  return {
    kind: "kms",
    path: handed("root"),
    keyId,
    region,
    ...(endpoint === undefined ? {} : { endpoint }),
    ...(credentials === undefined ? {} : { credentials: handed("root-aws") }),
  };
}

/** The station or the hub: configuration, first accounts, root key, unit. */
export function serverPart(context: Context): Part {
  const { region, site, size } = context;
  const app = region.role;
  const user = `yizhan-${app}`;
  const data = `${places.data}/${app}`;
  const staff = firstRoles[app].map((role) => ({
    name: role,
    role,
    passphrase: secret(`staff-${role}`),
    language: region.languages.staff[0] ?? region.languages.fallback,
  }));
  const credentials = { config: `${places.etc}/${app}.json`, ...serverCredentials(context) };
  const waitsFor = typedRoot(site);
  const { file, unit } = nodeService({
    app,
    description: `Yizhan ${app} ${region.code}`,
    credentials,
    after: ["postgresql@15-main.service", "postgresql@15-keys.service"],
    memory: size.station,
    writes: [data],
    ...(waitsFor === undefined ? {} : { needs: waitsFor }),
    ...(site.hub?.authority === undefined ? {} : { authority: hubAuthority }),
    service: { ProcSubset: "pid" },
  });
  const root = { owner: "root", group: "root" };
  const supplied: Supplied[] = [
    ...(site.hub === undefined
      ? []
      : [{ path: invitation, from: site.hub.invitation, mode: 0o400, what: "invitation" } as const]),
    ...(site.hub?.authority === undefined
      ? []
      : [{ path: hubAuthority, from: site.hub.authority, mode: 0o444, what: "authority" } as const]),
    ...(site.unseal.kind === "kms" ? [{ path: site.unseal.sealed, mode: 0o400, what: "sealed-root" } as const] : []),
    ...(site.unseal.kind === "kms" && site.unseal.credentials !== undefined
      ? [{ path: site.unseal.credentials, mode: 0o400, what: "aws-credentials" } as const]
      : []),
  ];
  return {
    users: [{ name: user, home: data }],
    directories: [{ path: data, mode: 0o700, owner: user, group: user }],
    secrets: [
      ...(site.unseal.kind === "file" ? [{ name: "root", bytes: 32, encoding: "hex", ...root } as const] : []),
      ...firstRoles[app].map((role) => ({ name: `staff-${role}`, bytes: 12, encoding: "base64url", ...root }) as const),
      ...(app === "station" ? [speechToken] : []),
    ],
    supplied,
    files: [
      jsonFile(`${places.etc}/${app}.json`, serverConfig(context, `yizhan-${app}`)),
      jsonFile(`${places.etc}/staff.json`, staff),
      textFile(`${places.etc}/data-url`, databaseAddress(user, "yizhan", "main"), { mode: 0o600 }),
      textFile(`${places.etc}/keys-url`, databaseAddress(user, "yizhan_keys", "keys"), { mode: 0o600 }),
      file,
    ],
    units: [unit],
    health: [{ url: `http://127.0.0.1:${ports[app]}/healthz` }],
  };
}

/** What the bridge and the station show to the speech service. */
export const speechToken = { name: "speech-token", bytes: 32, encoding: "base64url", owner: "root", group: "root" } as const;
