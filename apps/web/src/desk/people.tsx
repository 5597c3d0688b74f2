import { useState } from "preact/hooks";
import { Field } from "../shared/field.tsx";
import type { DeskKey } from "../shared/keys.ts";
import { useLanguage, useLocale } from "../shared/locale.tsx";
import { addPerson, changePerson, getPeople, type Person, resetPerson } from "./api.ts";
import { AskDialog } from "../shared/ask-dialog.tsx";
import { LicenceDialog, LicenceState } from "./licence.tsx";
import { TextField } from "../shared/text-field.tsx";
import { Page, useWork } from "./work.tsx";

const roles = ["clinician", "interpreter", "pharmacist", "coordinator", "administrator"] as const;
type Act = (work: () => Promise<unknown>) => Promise<boolean>;

/** The organisation's people: who is let in, with which licence, and who is locked out. */
export function People({ own }: { readonly own: string }) {
  const locale = useLocale<DeskKey>();
  const work = useWork(getPeople);
  const act: Act = (task) => work.act(task, locale.t("people.done"));
  return (
    <Page title={locale.t("people.title")} work={work}>
      <div>
        <Add act={act} />
      </div>
      <ul class="stack">
        {work.found?.accounts.map((one) => (
          <li key={one.id} class="sheet stack tight">
            <div class="row">
              <strong class="grow">
                <bdi>{one.name}</bdi> <span class="soft">{locale.t(`role.${one.role}` as DeskKey)}</span>
              </strong>
              {one.disabledAt === undefined ? null : <span class="badge alarm">{locale.t("people.disabled")}</span>}
              {one.secondFactor ? <span class="badge good">{locale.t("account.totp")}</span> : null}
              {one.passkeys > 0 ? <span class="badge good">{locale.t("account.passkeys")}</span> : null}
            </div>
            <LicenceState licence={one.licence} />
            <Actions one={one} own={one.id === own} act={act} />
          </li>
        ))}
      </ul>
    </Page>
  );
}

function Actions({ one, own, act }: { readonly one: Person; readonly own: boolean; readonly act: Act }) {
  const locale = useLocale<DeskKey>();
  const [passphrase, setPassphrase] = useState("");
  if (one.disabledAt !== undefined) {
    return (
      <div class="row">
        <button type="button" class="button small" onClick={() => void act(() => changePerson(one.id, "enable"))}>
          {locale.t("people.enable")}
        </button>
      </div>
    );
  }
  return (
    <div class="row">
      <LicenceDialog one={one} act={act} />
      <button type="button" class="button small" onClick={() => void act(() => changePerson(one.id, "sign-out"))}>
        {locale.t("people.sign-out")}
      </button>
      <AskDialog
        open={locale.t("people.reset")}
        title={locale.t("people.reset")}
        confirm={locale.t("people.reset")}
        done={() => act(() => resetPerson(one.id, passphrase))}
        grave
      >
        <p>{locale.t("people.reset.hint")}</p>
        <TextField
          label={locale.t("account.passphrase.next")}
          hint={locale.t("account.passphrase.hint")}
          type="password"
          complete="new-password"
          value={passphrase}
          change={setPassphrase}
        />
      </AskDialog>
      {own ? null : (
        <AskDialog
          open={locale.t("people.disable")}
          title={locale.t("people.disable.ask", { name: one.name })}
          confirm={locale.t("people.disable")}
          done={() => act(() => changePerson(one.id, "disable"))}
          grave
        />
      )}
    </div>
  );
}

function Add({ act }: { readonly act: Act }) {
  const locale = useLocale<DeskKey>();
  const { languages, tag } = useLanguage();
  const [name, setName] = useState("");
  const [role, setRole] = useState<string>("clinician");
  const [language, setLanguage] = useState(tag);
  const [passphrase, setPassphrase] = useState("");
  return (
    <AskDialog
      open={locale.t("people.add")}
      title={locale.t("people.add")}
      confirm={locale.t("people.add")}
      done={() => act(() => addPerson({ name, role, language, passphrase }))}
    >
      <TextField label={locale.t("sign-in.name")} value={name} change={setName} />
      <Field label={locale.t("people.role")}>
        {(aids) => (
          <select {...aids} value={role} onChange={(event) => setRole(event.currentTarget.value)}>
            {roles.map((each) => (
              <option key={each} value={each}>
                {locale.t(`role.${each}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <Field label={locale.t("language")}>
        {(aids) => (
          <select {...aids} value={language} onChange={(event) => setLanguage(event.currentTarget.value)}>
            {Object.entries(languages).map(([each, { name: itself }]) => (
              <option key={each} value={each} lang={each}>
                {itself}
              </option>
            ))}
          </select>
        )}
      </Field>
      <TextField
        label={locale.t("sign-in.passphrase")}
        hint={locale.t("account.passphrase.hint")}
        type="password"
        complete="new-password"
        value={passphrase}
        change={setPassphrase}
      />
    </AskDialog>
  );
}
