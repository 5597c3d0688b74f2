import type { CheckpointStore, Fleet } from "@yizhan/store";
import type { Log } from "@yizhan/http";
import type { Acknowledgements } from "./acknowledgements.ts";
import { type AuditView, auditView, nextTurn, type StationView, statusOf } from "./status.ts";

export interface FleetView {
  readonly stations: readonly StationView[];
  readonly at: string;
}

/** The fleet as people see it, and everyone who watches it. */
export interface Board {
  view(): Promise<FleetView>;
  /** Something is new: watchers are told, many changes at once as one. */
  changed(): void;
  /** Calls `tell` with each new view until the returned function is called. */
  watch(tell: (view: FleetView) => void): () => void;
  close(): void;
}

export interface BoardParts {
  readonly fleet: Fleet;
  readonly checkpoints: CheckpointStore;
  readonly acknowledgements: Acknowledgements;
  /** Nodes that were invited, whether they have joined or not. */
  readonly expected: () => Promise<readonly string[]>;
  readonly log: Log;
  readonly now?: () => number;
}

export function openBoard({ fleet, checkpoints, acknowledgements, expected, log, now = Date.now }: BoardParts): Board {
  const watchers = new Set<(view: FleetView) => void>();
  let silence: NodeJS.Timeout | undefined;
  let telling = false;
  let again = false;

  async function view(): Promise<FleetView> {
    const at = now();
    const rows = await fleet.stations();
    const totals = new Map((await fleet.totals()).map((total) => [total.node, total]));
    const held = new Map((await checkpoints.newest()).map((one) => [one.node, one]));
    const audit = new Map<string, AuditView | null>();
    for (const [node, one] of held) audit.set(node, auditView(one, await acknowledgements.of(one)));
    const seen = new Map(rows.map((row) => [row.node, row]));
    const nodes = [...new Set([...(await expected()), ...seen.keys()])].sort();
    const stations = nodes.map((node): StationView => {
      const row = seen.get(node);
      const auditLog = audit.get(node) ?? null;
      const { opened, closed } = totals.get(node) ?? { opened: 0, closed: 0 };
      if (row === undefined) {
        return { node, status: "never", lastSeenAt: null, lagMs: 0, opened, closed, pendingEvents: 0, version: null, auditLog };
      }
      const { lagMs, pendingEvents, version } = row;
      return {
        node,
        status: statusOf(row, at),
        lastSeenAt: row.lastSeenAt.toISOString(),
        lagMs,
        opened,
        closed,
        pendingEvents,
        version,
        auditLog,
      };
    });
    arm(nextTurn(rows, at), at);
    return { stations, at: new Date(at).toISOString() };
  }

  /** A station that falls silent sends nothing: only the clock can say so. */
  function arm(turn: number | undefined, at: number): void {
    clearTimeout(silence);
    silence = turn === undefined || watchers.size === 0 ? undefined : setTimeout(changed, Math.min(turn - at + 1, 2_147_483_647));
  }

  function changed(): void {
    again = true;
    if (telling || watchers.size === 0) return;
    telling = true;
    tellAll().catch((error: unknown) => log.error({ err: error }, "the fleet could not be told"));
  }

  async function tellAll(): Promise<void> {
    try {
      while (again) {
        again = false;
        const current = await view();
        for (const tell of watchers) tell(current);
      }
    } finally {
      telling = false;
    }
  }

  return {
    view,
    changed,
    watch(tell) {
      watchers.add(tell);
      // The first watcher also starts the clock that notices silence.
      changed();
      return () => {
        watchers.delete(tell);
        if (watchers.size === 0) clearTimeout(silence);
      };
    },
    close() {
      clearTimeout(silence);
      watchers.clear();
    },
  };
}
