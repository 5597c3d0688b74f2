import { places } from "./places.ts";
import type { BundleFile, Unit } from "./types.ts";
import { sandbox, type Section, unitFile } from "./unit-file.ts";

export interface NodeService {
  readonly app: "station" | "hub" | "speech";
  /** The file of the app that is run; absent: `main.ts`. */
  readonly entry?: string;
  readonly description: string;
  /** Files that systemd hands to the service alone: name there, path here. `config` is one of them. */
  readonly credentials: Readonly<Record<string, string>>;
  readonly after: readonly string[];
  /** MiB; `most` may be a share of the machine's memory: `80%`. */
  readonly memory: { readonly most: number | `${number}%`; readonly heap?: number };
  readonly writes: readonly string[];
  /** A file without which it does not start, and has not failed. */
  readonly needs?: string;
  /** A certificate authority that counts besides the public ones: its file. */
  readonly authority?: string;
  readonly service?: Section;
}

/** Where a service finds what systemd hands to it. */
export const credential = (unit: string, name: string): string => `/run/credentials/${unit}.service/${name}`;

export const handing = (credentials: Readonly<Record<string, string>>): string[] =>
  Object.entries(credentials).map(([id, path]) => `${id}:${path}`);

/** One C heap that gives memory back: what an idle service holds. */
export const nodeEnvironment = (unit: string): string[] => [
  `YIZHAN_CONFIG=${credential(unit, "config")}`,
  "NODE_ENV=production",
  "MALLOC_ARENA_MAX=1",
  "MALLOC_MMAP_THRESHOLD_=131072",
  "MALLOC_TRIM_THRESHOLD_=131072",
];

/** One of our own services: its unit, run by the release's Node. */
export function nodeService(options: NodeService): { file: BundleFile; unit: Unit } {
  const { app, entry = "main.ts", after, memory, credentials, authority } = options;
  const name = `yizhan-${app}.service`;
  const heap = memory.heap === undefined ? "" : ` --max-old-space-size=${memory.heap}`;
  const file = unitFile(name, {
    Unit: {
      Description: options.description,
      After: ["network-online.target", ...after].join(" "),
      Wants: ["network-online.target", ...after].join(" "),
      // Nobody is on site: it is tried again for ever.
      StartLimitIntervalSec: 0,
      ConditionPathExists: options.needs,
    },
    Service: {
      Type: "exec",
      User: `yizhan-${app}`,
      Group: `yizhan-${app}`,
      // A small young generation keeps an idle service small.
      ExecStart: `${places.node} --max-semi-space-size=4${heap} --disable-warning=ExperimentalWarning ${places.release}/apps/${app}/src/${entry}`,
      WorkingDirectory: places.release,
      Environment: [
        ...nodeEnvironment(`yizhan-${app}`),
        ...(authority === undefined ? [] : [`NODE_EXTRA_CA_CERTS=${authority}`]),
      ],
      LoadCredential: handing(credentials),
      Restart: "always",
      RestartSec: 5,
      TimeoutStopSec: 30,
      MemoryMax: typeof memory.most === "number" ? `${memory.most}M` : memory.most,
      MemorySwapMax: 0,
      TasksMax: 256,
      LimitNOFILE: 65_536,
      LimitCORE: 0,
      ...sandbox,
      ReadWritePaths: options.writes.join(" "),
      ...options.service,
    },
    Install: { WantedBy: "multi-user.target" },
  });
  const unit: Unit = {
    name,
    enable: true,
    start: true,
    restartWhen: [...Object.values(credentials), ...(authority === undefined ? [] : [authority])],
    reload: false,
  };
  return { file, unit };
}
