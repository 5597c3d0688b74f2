import type { Context } from "../context.ts";
import type { Part, Role } from "../types.ts";
import { agentPart } from "./agent.ts";
import { backupPart } from "./backup.ts";
import { coturnPart } from "./coturn.ts";
import { firewallPart } from "./firewall.ts";
import { groundPart } from "./ground.ts";
import { jitsiPart } from "./jitsi/index.ts";
import { machineDoorPart } from "./machine-door.ts";
import { machineKeyPart } from "./machine-key.ts";
import { nginxPart } from "./nginx.ts";
import { postgresPart } from "./postgres.ts";
import { restorePart } from "./restore.ts";
import { serverPart } from "./server.ts";
import { speechPart } from "./speech.ts";
import { systemPart } from "./system.ts";
import { tlsPart } from "./tls.ts";
import { unsealPart } from "./unseal.ts";
import { wireguardPart } from "./wireguard.ts";

type PartOf = (context: Context) => Part | undefined;

/** Every service of a station or the hub, in the order in which they start. A part answers undefined where a host has none of it. */
const whole: readonly PartOf[] = [
  groundPart,
  systemPart,
  firewallPart,
  wireguardPart,
  tlsPart,
  postgresPart,
  machineKeyPart,
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

/** Of a machine that hears for a station. */
const speech: readonly PartOf[] = [groundPart, systemPart, firewallPart, speechPart, machineDoorPart, agentPart];

export const partsOf = (role: Role): readonly PartOf[] => (role === "speech" ? speech : whole);
