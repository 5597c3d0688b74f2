/** Where things lie on a host. */
export const places = {
  release: "/opt/yizhan/current",
  node: "/opt/yizhan/current/bin/node",
  etc: "/etc/yizhan",
  secrets: "/etc/yizhan/secrets",
  tls: "/etc/yizhan/tls",
  /** What a station made for its further machines, and what such a machine was handed. */
  machines: "/etc/yizhan/machines",
  data: "/var/lib/yizhan",
  models: "/var/lib/yizhan/models",
  backups: "/var/lib/yizhan/backups",
  acme: "/var/lib/yizhan/acme",
  agent: "/var/lib/yizhan/agent",
  unsealed: "/run/yizhan/unsealed",
  scripts: "/usr/local/lib/yizhan",
  units: "/etc/systemd/system",
} as const;

/** Where the hub's own backups lie; a station keeps them in its data. */
export const hubBackups = `${places.data}/hub-backups`;

/** Looks how the host is; may list backups, not read them. */
export const agentUser = "yizhan-agent";

/** Ports on the loopback address; nginx alone listens to the world for HTTP. */
export const ports = {
  hub: 4800,
  station: 4810,
  speech: 4811,
  /** Of a further machine: the one door to it, for its station. */
  machine: 8443,
  xmpp: 5222,
  bosh: 5280,
  jicofo: 8888,
  bridge: 8080,
  bridgeSocket: 9090,
} as const;

/** What the firewall opens, besides HTTP and SSH. */
export const mediaPorts = { turn: 3478, turnTls: 5349, bridge: 10_000 } as const;

export const postgresVersion = 15;
