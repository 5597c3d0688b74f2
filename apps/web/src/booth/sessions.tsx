import { useEffect, useState } from "preact/hooks";
import { getSessions, type SessionRow } from "../shared/api.ts";
import { Wrong } from "../shared/field.tsx";
import { Microphone, Refresh } from "../shared/icons.tsx";
import type { BoothKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { ApiError, errorText } from "../shared/request.ts";
import { useNow } from "../shared/use-now.ts";

/** The conversations that run now. Asked for again every few seconds: an interpreter waits on this page. */
export function Sessions({
  go,
  assist,
  signedOut,
}: {
  readonly go: (id: string) => void;
  readonly assist: () => void;
  readonly signedOut: () => void;
}) {
  const locale = useLocale<BoothKey>();
  const now = useNow();
  const [again, setAgain] = useState(0);
  const [sessions, setSessions] = useState<readonly SessionRow[]>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    let current = true;
    const ask = async () => {
      try {
        const answer = await getSessions();
        if (!current) return;
        setSessions(answer.sessions);
        setError(undefined);
      } catch (problem) {
        if (!current) return;
        if (problem instanceof ApiError && problem.status === 401) signedOut();
        else setError(problem);
      }
    };
    void ask();
    return () => {
      current = false;
    };
  }, [again, now]);
  return (
    <main id="main" class="sessions stack">
      <div class="row">
        <h1 class="grow">{locale.t("sessions.title")}</h1>
        <button
          type="button"
          class="button small"
          onClick={() => setAgain(again + 1)}
          aria-label={locale.t("sessions.refresh")}
          title={locale.t("sessions.refresh")}
        >
          <Refresh />
        </button>
      </div>
      <button type="button" class="button" onClick={assist}>
        <Microphone />
        {locale.t("assisted.title")}
      </button>
      <div role="status">
        {error === undefined ? null : <Wrong text={errorText(locale, error)} />}
        {sessions === undefined && error === undefined ? <p class="soft">{locale.t("loading")}</p> : null}
        {sessions?.length === 0 ? (
          <div class="sheet empty">
            <p>
              <strong>{locale.t("sessions.none")}</strong>
            </p>
            <p class="soft">{locale.t("sessions.none.hint")}</p>
          </div>
        ) : null}
      </div>
      <ul class="stack tight">
        {sessions?.map((session) => {
          const who = whoSpeaks(session, locale);
          return (
            <li key={session.id} class="sheet session">
              <div class="grow">
                <h2>{who}</h2>
                <p class="soft">
                  {locale.t("sessions.started", { when: locale.ago(new Date(session.startedAt).getTime(), now) })}
                </p>
              </div>
              <button
                type="button"
                class="button main"
                aria-label={`${locale.t("sessions.join")}: ${who}`}
                onClick={() => go(session.id)}
              >
                {locale.t("sessions.join")}
              </button>
            </li>
          );
        })}
      </ul>
    </main>
  );
}

/** Everyone in the conversation, each with their language; its id while nobody is known. */
function whoSpeaks({ id, participants }: SessionRow, locale: ReturnType<typeof useLocale<BoothKey>>): string {
  return locale.list(participants.map((one) => `${one.name ?? one.id} (${locale.languageName(one.language)})`)) || id;
}
