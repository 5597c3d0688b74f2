import type { Context } from "../context.ts";
import { postgresVersion } from "../places.ts";
import type { BundleFile, Cluster, Part } from "../types.ts";

/**
 * Two clusters: records, and the keys they are sealed with. A key that was destroyed is gone once the key cluster's
 * own short write-ahead log has moved on, whatever the long one of the records and its backups still hold.
 */
const clusters: readonly Cluster[] = [
  { name: "main", port: 5432 },
  { name: "keys", port: 5433 },
];
const socket = "/run/postgresql";

/** The address of a database over the socket, where the system user says who asks. */
export function databaseAddress(user: string, database: string, cluster: Cluster["name"]): string {
  const port = clusters.find((one) => one.name === cluster)?.port;
  return `postgres://${user}@${encodeURIComponent(socket)}:${port}/${database}`;
}

export function postgresPart({ region, size }: Context): Part {
  const user = `yizhan-${region.role}`;
  const databases = [
    { name: "yizhan", owner: user, cluster: "main" },
    { name: "yizhan_keys", owner: user, cluster: "keys" },
  ] as const;
  const { buffers, cache, work, connections } = size.database;
  const settings: Record<Cluster["name"], Readonly<Record<string, string | number>>> = {
    main: {
      shared_buffers: `'${buffers}MB'`,
      effective_cache_size: `'${cache}MB'`,
      work_mem: `'${work}MB'`,
      maintenance_work_mem: `'${Math.max(64, Math.floor(buffers / 4))}MB'`,
      max_connections: connections,
      max_wal_size: "'2GB'",
      wal_compression: "lz4",
      random_page_cost: 1.1,
    },
    keys: {
      shared_buffers: "'32MB'",
      max_connections: Math.max(20, Math.floor(connections / 4)),
      // Nothing of a destroyed key stays in old segments.
      min_wal_size: "'32MB'",
      max_wal_size: "'64MB'",
      wal_recycle: "off",
      wal_init_zero: "on",
      wal_keep_size: 0,
    },
  };
  return {
    packages: [`postgresql-${postgresVersion}`],
    clusters,
    databases,
    files: clusters.flatMap(({ name, port }) => clusterFiles(name, { port, ...common, ...settings[name] }, databases, user)),
    units: clusters.map(({ name }) => ({
      name: `postgresql@${postgresVersion}-${name}.service`,
      // Debian's postgresql.service starts each cluster.
      enable: false,
      start: true,
      restartWhen: [`${folder(name)}/conf.d/yizhan.conf`, `${folder(name)}/pg_hba.conf`],
      reload: false,
    })),
  };
}

const folder = (cluster: Cluster["name"]) => `/etc/postgresql/${postgresVersion}/${cluster}`;

const common = {
  listen_addresses: "''",
  unix_socket_directories: `'${socket}'`,
  password_encryption: "'scram-sha-256'",
  // Never a statement, never a value: what is refused is logged by its code alone.
  log_statement: "'none'",
  log_min_error_statement: "'panic'",
  log_min_duration_statement: -1,
  log_parameter_max_length: 0,
  log_parameter_max_length_on_error: 0,
  log_error_verbosity: "'terse'",
  log_line_prefix: "'%m [%p] %q%u@%d %e '",
  log_destination: "'stderr'",
  idle_in_transaction_session_timeout: "'60s'",
  wal_level: "'replica'",
  max_wal_senders: 4,
  full_page_writes: "on",
  synchronous_commit: "on",
  fsync: "on",
};

function clusterFiles(
  cluster: Cluster["name"],
  settings: Readonly<Record<string, string | number>>,
  databases: readonly { readonly name: string; readonly cluster: Cluster["name"] }[],
  user: string,
): BundleFile[] {
  const owned = { owner: "postgres", group: "postgres", mode: 0o640, secret: false };
  const lines = Object.entries(settings).map(([key, value]) => `${key} = ${value}\n`);
  const own = databases.filter((one) => one.cluster === cluster).map(({ name }) => `local  ${name}  ${user}  peer\n`);
  return [
    { path: `${folder(cluster)}/conf.d/yizhan.conf`, content: lines.join(""), ...owned },
    {
      path: `${folder(cluster)}/pg_hba.conf`,
      content: `# Over the socket alone, each as the system user that it is.\nlocal  all  postgres  peer\n${own.join("")}local  all  all  reject\n`,
      ...owned,
    },
  ];
}
