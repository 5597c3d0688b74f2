import { useState } from "preact/hooks";
import { getMe, type Me } from "../shared/api.ts";
import type { DeskKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { passkeysWork } from "../shared/passkey.ts";
import {
  addPasskey,
  beginTotp,
  changePassphrase,
  confirmTotp,
  getPasskeys,
  type OwnPasskeys,
  removePasskey,
  removeTotp,
  signOutElsewhere,
} from "./api.ts";
import { AskDialog } from "../shared/ask-dialog.tsx";
import { LicenceState } from "./licence.tsx";
import { QrCode } from "../shared/qr-code.tsx";
import { TextField } from "../shared/text-field.tsx";
import { Page, useWork } from "./work.tsx";

type Act = (work: () => Promise<unknown>) => Promise<boolean>;
const load = async () => ({ ...(await getMe()), ...(await getPasskeys()) });

/** One's own account: how one signs in, and where one is signed in. */
export function OwnAccount() {
  const locale = useLocale<DeskKey>();
  const work = useWork<Me & OwnPasskeys>(load);
  const act: Act = (task) => work.act(task, locale.t("people.done"));
  const { found } = work;
  return (
    <Page title={locale.t("account.title")} work={work}>
      {found === undefined ? null : (
        <>
          <LicenceState licence={found.licence} />
          <Passkeys passkeys={found.passkeys} act={act} />
          <section class="sheet stack">
            <h2>{locale.t("account.totp")}</h2>
            {found.secondFactor === true ? <RemoveTotp act={act} /> : <AddTotp act={act} />}
          </section>
          <section class="sheet stack">
            <h2>{locale.t("sign-in.passphrase")}</h2>
            <Passphrase act={act} />
          </section>
          <section class="sheet stack">
            <h2>{locale.t("account.sessions")}</h2>
            <div>
              <button type="button" class="button small" onClick={() => void act(signOutElsewhere)}>
                {locale.t("account.elsewhere")}
              </button>
            </div>
          </section>
        </>
      )}
    </Page>
  );
}

function Passkeys({ passkeys, act }: { readonly passkeys: OwnPasskeys["passkeys"]; readonly act: Act }) {
  const locale = useLocale<DeskKey>();
  const [name, setName] = useState("");
  return (
    <section class="sheet stack">
      <h2>{locale.t("account.passkeys")}</h2>
      <p class="soft">{locale.t("account.passkeys.hint")}</p>
      <ul class="stack tight">
        {passkeys.map((one) => (
          <li key={one.id} class="row">
            <span class="grow">
              <bdi>{one.name}</bdi> <span class="soft">{locale.date(new Date(one.createdAt))}</span>
            </span>
            <button type="button" class="button small" onClick={() => void act(() => removePasskey(one.id))}>
              {locale.t("account.remove")}
              <span class="sr"> {one.name}</span>
            </button>
          </li>
        ))}
      </ul>
      {passkeysWork() ? (
        <form
          class="row"
          onSubmit={(event) => {
            event.preventDefault();
            void act(() => addPasskey(name.trim() === "" ? navigator.platform || "-" : name.trim()));
          }}
        >
          <TextField label={locale.t("account.passkeys.name")} value={name} change={setName} />
          <button type="submit" class="button small">
            {locale.t("account.passkeys.add")}
          </button>
        </form>
      ) : (
        <p>{locale.t("account.passkeys.not-here")}</p>
      )}
    </section>
  );
}

function AddTotp({ act }: { readonly act: Act }) {
  const locale = useLocale<DeskKey>();
  const [begun, setBegun] = useState<{ secret: string; address: string }>();
  const [code, setCode] = useState("");
  if (begun === undefined) {
    return (
      <div>
        <button type="button" class="button small" onClick={() => void act(async () => setBegun(await beginTotp()))}>
          {locale.t("account.totp.add")}
        </button>
      </div>
    );
  }
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void act(() => confirmTotp(code));
      }}
    >
      <p>{locale.t("account.totp.hint")}</p>
      <QrCode text={begun.address} label={locale.t("account.totp.picture")} />
      <p>
        <a href={begun.address}>
          <code class="secret" dir="ltr">
            {begun.secret}
          </code>
        </a>
      </p>
      <TextField label={locale.t("sign-in.code")} complete="one-time-code" value={code} change={setCode} />
      <button type="submit" class="button main">
        {locale.t("account.totp.confirm")}
      </button>
    </form>
  );
}

function RemoveTotp({ act }: { readonly act: Act }) {
  const locale = useLocale<DeskKey>();
  const [passphrase, setPassphrase] = useState("");
  const [code, setCode] = useState("");
  return (
    <div>
      <AskDialog
        open={locale.t("account.remove")}
        title={locale.t("account.totp.remove")}
        confirm={locale.t("account.remove")}
        done={() => act(() => removeTotp(passphrase, code))}
        grave
      >
        <TextField
          label={locale.t("sign-in.passphrase")}
          type="password"
          complete="current-password"
          value={passphrase}
          change={setPassphrase}
        />
        <TextField label={locale.t("sign-in.code")} complete="one-time-code" value={code} change={setCode} />
      </AskDialog>
    </div>
  );
}

function Passphrase({ act }: { readonly act: Act }) {
  const locale = useLocale<DeskKey>();
  const [passphrase, setPassphrase] = useState("");
  const [next, setNext] = useState("");
  return (
    <div>
      <AskDialog
        open={locale.t("account.passphrase.change")}
        title={locale.t("account.passphrase.change")}
        confirm={locale.t("account.passphrase.change")}
        done={() => act(() => changePassphrase(passphrase, next))}
      >
        <TextField
          label={locale.t("sign-in.passphrase")}
          type="password"
          complete="current-password"
          value={passphrase}
          change={setPassphrase}
        />
        <TextField
          label={locale.t("account.passphrase.next")}
          hint={locale.t("account.passphrase.hint")}
          type="password"
          complete="new-password"
          value={next}
          change={setNext}
        />
      </AskDialog>
    </div>
  );
}
