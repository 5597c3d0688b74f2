import { useState } from "preact/hooks";
import type { Fleet } from "../shared/api.ts";
import type { FleetKey } from "../shared/keys.ts";
import { LinkState } from "../shared/link-state.tsx";
import { useLocale } from "../shared/locale.tsx";
import { SignedIn } from "../shared/sign-in.tsx";
import { useEvents } from "../shared/use-events.ts";
import { useNow } from "../shared/use-now.ts";
import { useTitle } from "../shared/use-title.ts";
import { Stations, statuses, StatusBadge } from "./stations.tsx";

export function FleetPage() {
  const locale = useLocale<FleetKey>();
  useTitle(locale.t("page.title"));
  return <SignedIn title={locale.t("page.title")}>{(user) => <LiveFleet answers={user.role === "administrator"} />}</SignedIn>;
}

/** Every station as the hub sees it, kept live. `answers`: whether the reader may answer for an audit log. */
function LiveFleet({ answers }: { readonly answers: boolean }) {
  const locale = useLocale<FleetKey>();
  const [fleet, setFleet] = useState<Fleet>();
  const link = useEvents<Fleet>("/api/fleet/events", setFleet);
  const now = useNow();
  return (
    <main id="main" class="fleet stack">
      <div class="row">
        <h1 class="grow">{locale.t("fleet.title")}</h1>
        <LinkState link={link} />
        {fleet === undefined ? null : (
          <span class="soft">{locale.t("fleet.at", { time: locale.date(new Date(fleet.at), { timeStyle: "medium" }) })}</span>
        )}
      </div>
      {fleet === undefined ? <p class="soft">{locale.t("loading")}</p> : null}
      {fleet === undefined || fleet.stations.length === 0 ? null : (
        <ul class="summary row">
          {statuses.map((status) => {
            const count = fleet.stations.filter((one) => one.status === status).length;
            return count === 0 ? null : (
              <li key={status}>
                <StatusBadge status={status} text={locale.t(`summary.${status}`, { count })} />
              </li>
            );
          })}
        </ul>
      )}
      {fleet?.stations.length === 0 ? (
        <div class="sheet empty">
          <p>
            <strong>{locale.t("fleet.none")}</strong>
          </p>
          <p class="soft">{locale.t("fleet.none.hint")}</p>
        </div>
      ) : null}
      {fleet === undefined || fleet.stations.length === 0 ? null : (
        <Stations stations={fleet.stations} now={now} answers={answers} />
      )}
    </main>
  );
}
