import { join } from "node:path";
import { root } from "../environment.ts";
import { writeJson } from "./data-folder.ts";
import type { Layout } from "./layout.ts";
import type { PlannedNode } from "./plan.ts";
import { invitationFile, type NodeSecrets } from "./secrets.ts";

export interface LocalOptions {
  readonly host: string;
  readonly regions: string;
  readonly models: string;
  /** Origin of a Jitsi; without one the stations have no calls. */
  readonly meet?: string | undefined;
}

export interface ProcessPlan {
  /** `MZ station`, for people. */
  readonly name: string;
  readonly code: string;
  readonly app: "hub" | "station" | "speech";
  readonly main: string;
  readonly config: string;
  readonly log: string;
  readonly url: string;
}

const main = (app: string) => join(root, "apps", app, "src", "main.ts");

/** Writes the configuration files of one node and says which processes make it up, in the order of their start. */
export async function writeConfigs(
  paths: Layout,
  options: LocalOptions,
  node: PlannedNode,
  secrets: NodeSecrets,
  others: { hub: PlannedNode | undefined; invitations: string | undefined },
): Promise<ProcessPlan[]> {
  const { directory, secrets: folder, logs } = paths.node(node.code);
  const url = (port: number) => `http://${options.host}:${port}`;
  const plan = (app: ProcessPlan["app"], port: number): ProcessPlan => ({
    name: `${node.code} ${app}`,
    code: node.code,
    app,
    main: main(app),
    config: join(folder, `${app}.json`),
    log: join(logs, `${app}.log`),
    url: url(port),
  });
  const shared = {
    country: node.code,
    regions: options.regions,
    locales: join(root, "locales"),
    host: options.host,
  };
  const server = {
    ...shared,
    data: directory,
    port: node.port,
    publicUrl: url(node.port),
    web: join(root, "apps/web/dist"),
    database: { kind: "pglite" },
    root: { kind: "file", path: secrets.root },
    staff: secrets.staffFile,
  };
  if (node.role === "hub") {
    const hub = plan("hub", node.port);
    await writeJson(hub.config, { ...server, invitations: others.invitations });
    return [hub];
  }
  if (node.speechPort === undefined) throw new TypeError("a station has a speech port");
  const speech = plan("speech", node.speechPort);
  const station = plan("station", node.port);
  await writeJson(speech.config, {
    ...shared,
    models: options.models,
    port: node.speechPort,
    tokenFile: secrets.speechTokenFile,
  });
  await writeJson(station.config, {
    ...server,
    speech: { url: speech.url, tokenFile: secrets.speechTokenFile },
    apiTokenFile: secrets.apiTokenFile,
    ...(options.meet === undefined
      ? {}
      : {
          meet: {
            url: options.meet,
            domain: new URL(options.meet).hostname,
            appId: "yizhan",
            tokenSecretFile: secrets.meetSecretFile,
          },
        }),
    ...(others.hub === undefined ? {} : { hub: { invitation: invitationFile(paths, node) } }),
  });
  return [speech, station];
}
