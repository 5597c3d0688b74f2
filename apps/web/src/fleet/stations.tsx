import type { FleetStation } from "../shared/api.ts";
import { Check, Clock, Cross, Dash } from "../shared/icons.tsx";
import type { FleetKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { AuditLog } from "./audit-log.tsx";

export type Status = FleetStation["status"];
/** What needs a person first. */
export const statuses: readonly Status[] = ["down", "late", "healthy", "never"];

const looks: Readonly<Record<Status, readonly [tone: string, Icon: typeof Check]>> = {
  healthy: ["good", Check],
  late: ["amber", Clock],
  down: ["alarm", Cross],
  never: ["quiet", Dash],
};

export function StatusBadge({ status, text }: { readonly status: Status; readonly text: string }) {
  const [tone, Icon] = looks[status];
  return (
    <span class={`badge ${tone}`}>
      <Icon />
      {text}
    </span>
  );
}

interface StationsProps {
  readonly stations: readonly FleetStation[];
  readonly now: number;
  /** Whether the reader may answer for an audit log. */
  readonly answers: boolean;
}

/** A table; on a phone each row becomes a card, with its headings inside. */
export function Stations({ stations, now, answers }: StationsProps) {
  const locale = useLocale<FleetKey>();
  const sorted = stations.toSorted(
    (a, b) => statuses.indexOf(a.status) - statuses.indexOf(b.status) || a.node.localeCompare(b.node),
  );
  const heads: readonly FleetKey[] = [
    "station",
    "status",
    "seen",
    "lag",
    "cases.opened",
    "cases.closed",
    "pending",
    "audit",
    "version",
  ];
  return (
    <table class="stations">
      <caption class="sr">{locale.t("fleet.title")}</caption>
      <thead>
        <tr>
          {heads.map((head) => (
            <th key={head} scope="col">
              {locale.t(head)}
            </th>
          ))}
        </tr>
      </thead>
      <tbody>
        {sorted.map((one) => (
          <tr key={one.node} data-status={one.status}>
            <th scope="row">
              {locale.countryName(one.node.slice(0, 2))} <span class="soft">{one.node}</span>
            </th>
            <td data-head={locale.t("status")}>
              <StatusBadge status={one.status} text={locale.t(`status.${one.status}`)} />
            </td>
            <td data-head={locale.t("seen")}>
              {one.lastSeenAt === null ? locale.t("seen.never") : locale.ago(new Date(one.lastSeenAt).getTime(), now)}
            </td>
            <td data-head={locale.t("lag")}>{one.lagMs === null ? "—" : lag(one.lagMs, locale)}</td>
            <td data-head={locale.t("cases.opened")} class="number">
              {locale.number(one.opened)}
            </td>
            <td data-head={locale.t("cases.closed")} class="number">
              {locale.number(one.closed)}
            </td>
            <td data-head={locale.t("pending")} class="number">
              {one.pendingEvents === null ? "—" : locale.number(one.pendingEvents)}
            </td>
            <td data-head={locale.t("audit")} class="words">
              <AuditLog node={one.node} of={one.auditLog} answers={answers} />
            </td>
            <td data-head={locale.t("version")}>
              <bdi dir="ltr">{one.version ?? "—"}</bdi>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function lag(ms: number, locale: ReturnType<typeof useLocale<FleetKey>>): string {
  const seconds = ms / 1000;
  if (seconds < 120) return locale.t("lag.seconds", { seconds: locale.number(seconds, { maximumFractionDigits: 1 }) });
  if (seconds < 7200) return locale.t("lag.minutes", { minutes: locale.number(Math.round(seconds / 60)) });
  return locale.t("lag.hours", { hours: locale.number(Math.round(seconds / 3600)) });
}
