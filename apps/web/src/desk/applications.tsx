import { useState } from "preact/hooks";
import type { DeskKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { addApplication, type Application, getApplications, revokeApplication } from "./api.ts";
import { AskDialog } from "../shared/ask-dialog.tsx";
import { TextField } from "../shared/text-field.tsx";
import { Page, useWork } from "./work.tsx";

/** Hospital systems and scripts that may ask, with what they may; revoked at once. */
export function Applications() {
  const locale = useLocale<DeskKey>();
  const work = useWork(getApplications);
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState("user/Patient.rs");
  const [days, setDays] = useState("90");
  const [secret, setSecret] = useState<string>();
  const add = () =>
    work.act(async () => {
      setSecret((await addApplication({ name, scopes, days: Number(days) })).secret);
      setName("");
    }, locale.t("applications.added"));
  return (
    <Page title={locale.t("applications.title")} work={work}>
      {secret === undefined ? null : (
        <section class="note amber">
          <div class="stack tight">
            <strong>{locale.t("applications.secret")}</strong>
            <code class="secret" dir="ltr">
              {secret}
            </code>
          </div>
        </section>
      )}
      <div>
        <AskDialog
          open={locale.t("applications.add")}
          title={locale.t("applications.add")}
          confirm={locale.t("applications.add")}
          done={add}
        >
          <TextField label={locale.t("applications.name")} value={name} change={setName} />
          <TextField
            label={locale.t("applications.scopes")}
            hint={locale.t("applications.scopes.hint")}
            value={scopes}
            change={setScopes}
          />
          <TextField label={locale.t("applications.days")} type="number" value={days} change={setDays} />
        </AskDialog>
      </div>
      <ul class="stack">
        {work.found?.tokens.map((one) => (
          <li key={one.id} class="sheet row">
            <div class="grow stack tight">
              <strong>
                <bdi>{one.name}</bdi>
              </strong>
              <code dir="ltr">{one.scopes}</code>
              <State application={one} />
            </div>
            {one.revokedAt === undefined ? (
              <AskDialog
                open={locale.t("applications.revoke")}
                title={locale.t("applications.revoke.ask", { name: one.name })}
                confirm={locale.t("applications.revoke")}
                done={() => work.act(() => revokeApplication(one.id), locale.t("applications.revoked.told"))}
                grave
              />
            ) : null}
          </li>
        ))}
      </ul>
    </Page>
  );
}

function State({ application }: { readonly application: Application }) {
  const locale = useLocale<DeskKey>();
  const { revokedAt, expiresAt, blockedAt } = application;
  if (revokedAt !== undefined) return <span class="badge quiet">{locale.t("applications.revoked")}</span>;
  return (
    <span class="row">
      {blockedAt === undefined ? null : <span class="badge alarm">{locale.t("applications.blocked")}</span>}
      {expiresAt === undefined ? null : (
        <span class="soft">{locale.t("applications.until", { date: locale.date(new Date(expiresAt)) })}</span>
      )}
    </span>
  );
}
