import { useState } from "preact/hooks";
import type { DeskKey } from "../shared/keys.ts";
import { Warning } from "../shared/icons.tsx";
import { useLocale } from "../shared/locale.tsx";
import { type AuditEntry, getAudit } from "./api.ts";
import { Page, useWork } from "./work.tsx";

/** Who did what and when, newest first; what is grave stands out, by a sign and a word, not by colour alone. */
export function Audit() {
  const locale = useLocale<DeskKey>();
  const [grave, setGrave] = useState(false);
  const work = useWork(() => getAudit(grave ? { grave: "1" } : {}));
  const show = (only: boolean) => {
    setGrave(only);
    void getAudit(only ? { grave: "1" } : {}).then(work.setFound);
  };
  const more = (before: number) =>
    getAudit({ ...(grave ? { grave: "1" } : {}), before: String(before) }).then((next) =>
      work.setFound({ ...next, entries: [...(work.found?.entries ?? []), ...next.entries] }),
    );
  const next = work.found?.next;
  return (
    <Page title={locale.t("audit.title")} work={work}>
      <fieldset class="tabs" aria-label={locale.t("audit.title")}>
        {[false, true].map((only) => (
          <label key={String(only)}>
            <input type="radio" class="sr" name="grave" checked={grave === only} onChange={() => show(only)} />
            <span>{locale.t(only ? "audit.grave" : "audit.all")}</span>
          </label>
        ))}
      </fieldset>
      <div class="wide-table" role="region" aria-label={locale.t("audit.title")} tabIndex={0}>
        <table>
          <thead>
            <tr>
              <th scope="col">{locale.t("audit.when")}</th>
              <th scope="col">{locale.t("audit.who")}</th>
              <th scope="col">{locale.t("audit.what")}</th>
              <th scope="col">{locale.t("audit.patient")}</th>
            </tr>
          </thead>
          <tbody>
            {work.found?.entries.map((entry) => (
              <Row key={entry.index} entry={entry} />
            ))}
          </tbody>
        </table>
      </div>
      {next === undefined ? null : (
        <button type="button" class="button" onClick={() => void more(next)}>
          {locale.t("cases.more")}
        </button>
      )}
    </Page>
  );
}

function Row({ entry }: { readonly entry: AuditEntry }) {
  const locale = useLocale<DeskKey>();
  const kind = `blocked.${entry.actor.kind}`;
  return (
    <tr data-grave={entry.grave}>
      <td>{locale.date(new Date(entry.at))}</td>
      <td>
        <bdi>{entry.actor.name === "" && locale.has(kind) ? locale.t(kind as DeskKey) : entry.actor.name}</bdi>
      </td>
      <td>
        {entry.grave ? <Warning /> : null} <bdi dir="ltr">{entry.action}</bdi>{" "}
        {entry.outcome === "refused" ? <span class="badge amber">{locale.t("audit.refused")}</span> : null}
        <bdi class="soft"> {entry.type ?? entry.detail ?? ""}</bdi>
      </td>
      <td>
        <code>{entry.subject?.slice(0, 8) ?? ""}</code>
      </td>
    </tr>
  );
}
