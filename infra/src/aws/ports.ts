import type { Port } from "./identity.ts";

/** Pages and API; port 80 only says where they are, and answers the certificate's challenge. */
export const webPorts: readonly Port[] = [
  { protocol: "tcp", from: 443, why: "pages and API" },
  { protocol: "tcp", from: 80, why: "redirect and certificate challenge" },
];

/** A call's sound and picture: the bridge's one port, TURN in its three forms, TURN's relays. */
export const mediaPorts: readonly Port[] = [
  { protocol: "udp", from: 10_000, why: "Jitsi's bridge" },
  { protocol: "udp", from: 3478, why: "STUN and TURN" },
  { protocol: "tcp", from: 3478, why: "TURN over TCP" },
  { protocol: "tcp", from: 5349, why: "TURN over TLS" },
  { protocol: "udp", from: 49_152, to: 65_535, why: "TURN's relays" },
];
