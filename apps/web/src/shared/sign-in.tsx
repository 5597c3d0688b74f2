import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { getMe, signIn, signOut, type User } from "./api.ts";
import { Field, Wrong } from "./field.tsx";
import { Mark, Person } from "./icons.tsx";
import type { StaffKey } from "./keys.ts";
import { useLanguage, useLocale } from "./locale.tsx";
import { passkeysWork, usePasskey } from "./passkey.ts";
import { ApiError, errorText, request } from "./request.ts";
import { kept } from "./storage.ts";
import { LanguageSelect } from "./language-select.tsx";

interface SignedInProps {
  /** The page's name, in the reader's language. */
  readonly title: string;
  /** Whether the server behind the page knows passkeys. */
  readonly passkeys?: boolean;
  readonly children: (user: User, signedOut: () => void) => ComponentChildren;
}

/** Shows its children to who has signed in, and the sign-in form to everybody else. */
export function SignedIn({ title, passkeys = false, children }: SignedInProps) {
  const locale = useLocale<StaffKey>();
  const language = useLanguage();
  const [user, setUser] = useState<User | null>();
  const [failed, setFailed] = useState<unknown>();

  function ask(): void {
    setFailed(undefined);
    getMe().then(
      (answer) => setUser(answer.user),
      (error: unknown) => (error instanceof ApiError && error.status === 401 ? setUser(null) : setFailed(error)),
    );
  }
  useEffect(ask, []);
  function welcome(next: User): void {
    setUser(next);
    // The account's language, unless this browser already chose one.
    if (
      kept.get("language") === undefined &&
      next.language !== language.tag &&
      Object.hasOwn(language.languages, next.language)
    ) {
      language.choose(next.language).catch((error: unknown) => setFailed(error));
    }
  }
  function leave(): void {
    signOut().then(
      () => setUser(null),
      (error: unknown) => setFailed(error),
    );
  }

  if (user === undefined || user === null) {
    return (
      <Entrance title={title}>
        {user === null ? (
          <>
            {passkeys && passkeysWork() ? <WithPasskey done={welcome} /> : null}
            <Form done={welcome} />
          </>
        ) : failed === undefined ? (
          <p class="soft">{locale.t("loading")}</p>
        ) : (
          <div class="stack" role="alert">
            <Wrong text={errorText(locale, failed)} />
            <button type="button" class="button" onClick={ask}>
              {locale.t("retry")}
            </button>
          </div>
        )}
      </Entrance>
    );
  }
  return (
    <>
      <a class="skip button" href="#main">
        {locale.t("skip")}
      </a>
      <header class="staff-head">
        <Mark />
        <span class="name grow">{title}</span>
        <LanguageSelect />
        <span class="who">
          <Person />
          <span>
            <bdi>{user.name}</bdi>{" "}
            <span class="soft">{locale.has(`role.${user.role}`) ? locale.t(`role.${user.role}` as StaffKey) : user.role}</span>
          </span>
        </span>
        <button type="button" class="button small" onClick={leave}>
          {locale.t("sign-out")}
        </button>
      </header>
      {children(user, () => setUser(null))}
    </>
  );
}

function Entrance({ title, children }: { readonly title: string; readonly children: ComponentChildren }) {
  const locale = useLocale<StaffKey>();
  return (
    <main class="sign-in stack" id="main">
      <div class="row">
        <Mark />
        <span class="name grow">{title}</span>
        <LanguageSelect />
      </div>
      <div class="sheet stack">
        <h1>{locale.t("sign-in.title")}</h1>
        {children}
      </div>
    </main>
  );
}

/** One touch instead of three fields, for who has made a passkey. */
function WithPasskey({ done }: { readonly done: (user: User) => void }) {
  const locale = useLocale<StaffKey>();
  const [error, setError] = useState<unknown>();
  // Not in the way: who lost sight of the device's window may ask again.
  const [asking, setAsking] = useState(0);
  async function open(): Promise<void> {
    setError(undefined);
    setAsking((before) => before + 1);
    try {
      const { options } = await request<{ options: unknown }>("/api/sign-in/passkey/options", { method: "POST" });
      const response = await usePasskey(options);
      if (response === undefined) return;
      done((await request<{ user: User }>("/api/sign-in/passkey", { method: "POST", body: { response } })).user);
    } catch (problem) {
      setError(problem);
    } finally {
      setAsking((before) => before - 1);
    }
  }
  return (
    <div class="stack tight">
      <button type="button" class="button" aria-busy={asking > 0} onClick={() => void open()}>
        {locale.t("sign-in.passkey")}
      </button>
      <div role="alert">{error === undefined ? null : <Wrong text={errorText(locale, error)} />}</div>
    </div>
  );
}

function Form({ done }: { readonly done: (user: User) => void }) {
  const locale = useLocale<StaffKey>();
  const [name, setName] = useState("");
  const [passphrase, setPassphrase] = useState("");
  const [code, setCode] = useState("");
  const [tried, setTried] = useState(false);
  const [state, setState] = useState<{ busy: boolean; error?: unknown }>({ busy: false });
  const wanting = (value: string) => (tried && value === "" ? locale.t("need.filled") : undefined);

  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    setTried(true);
    if (name === "" || passphrase === "" || state.busy) return;
    setState({ busy: true });
    try {
      const { user } = await signIn({ name, passphrase, ...(code === "" ? {} : { code }) });
      done(user);
    } catch (error) {
      setState({ busy: false, error });
    }
  }
  return (
    <form class="stack" onSubmit={submit} noValidate>
      <Field label={locale.t("sign-in.name")} error={wanting(name)}>
        {(aids) => (
          <input
            {...aids}
            type="text"
            name="name"
            autoComplete="username"
            autoCapitalize="none"
            spellcheck={false}
            value={name}
            onInput={(event) => setName(event.currentTarget.value)}
          />
        )}
      </Field>
      <Field label={locale.t("sign-in.passphrase")} error={wanting(passphrase)}>
        {(aids) => (
          <input
            {...aids}
            type="password"
            name="passphrase"
            autoComplete="current-password"
            value={passphrase}
            onInput={(event) => setPassphrase(event.currentTarget.value)}
          />
        )}
      </Field>
      <Field label={locale.t("sign-in.code")} hint={locale.t("sign-in.code.hint")}>
        {(aids) => (
          <input
            {...aids}
            type="text"
            name="code"
            inputMode="numeric"
            autoComplete="one-time-code"
            maxLength={12}
            value={code}
            onInput={(event) => setCode(event.currentTarget.value)}
          />
        )}
      </Field>
      <div role="alert">{state.error === undefined ? null : <Wrong text={errorText(locale, state.error)} />}</div>
      <button type="submit" class="button main" aria-disabled={state.busy}>
        {locale.t("sign-in.submit")}
      </button>
    </form>
  );
}
