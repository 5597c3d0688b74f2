import type { Context } from "../context.ts";
import type { Part } from "../types.ts";
import { agentPart } from "./agent.ts";
import { backupPart } from "./backup.ts";
import { coturnPart } from "./coturn.ts";
import { firewallPart } from "./firewall.ts";
import { groundPart } from "./ground.ts";
import { jitsiPart } from "./jitsi/index.ts";
import { nginxPart } from "./nginx.ts";
import { postgresPart } from "./postgres.ts";
import { restorePart } from "./restore.ts";
import { serverPart } from "./server.ts";
import { speechPart } from "./speech.ts";
import { systemPart } from "./system.ts";
import { tlsPart } from "./tls.ts";
import { unsealPart } from "./unseal.ts";
import { wireguardPart } from "./wireguard.ts";

/** Every service of a host, in the order in which they start. A part answers undefined where a host has none of it. */
export const parts: readonly ((context: Context) => Part | undefined)[] = [
  groundPart,
  systemPart,
  firewallPart,
  wireguardPart,
  tlsPart,
  postgresPart,
  speechPart,
  unsealPart,
  serverPart,
  backupPart,
  restorePart,
  nginxPart,
  coturnPart,
  jitsiPart,
  agentPart,
];
