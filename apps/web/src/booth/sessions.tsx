import { useEffect, useState } from "preact/hooks";
import { getSessions, type SessionRow } from "../shared/api.ts";
import { Microphone } from "../shared/icons.tsx";
import type { BoothKey } from "../shared/keys.ts";
import { LinkState } from "../shared/link-state.tsx";
import { useLocale } from "../shared/locale.tsx";
import { ApiError } from "../shared/request.ts";
import { useEvents } from "../shared/use-events.ts";
import { useNow } from "../shared/use-now.ts";
import { nameOf } from "./people.ts";

/** The conversations that run now, told as they come and go: an interpreter waits on this page. */
interface SessionsProps {
  readonly go: (id: string) => void;
  readonly assist: () => void;
  readonly signedOut: () => void;
}

export function Sessions({ go, assist, signedOut }: SessionsProps) {
  const locale = useLocale<BoothKey>();
  const now = useNow();
  const [sessions, setSessions] = useState<readonly SessionRow[]>();
  const link = useEvents<{ sessions: readonly SessionRow[] }>("/api/sessions/events", (list) => setSessions(list.sessions));
  useEffect(() => {
    // A stream does not say why it was refused.
    if (link === "lost")
      getSessions().catch((problem: unknown) => problem instanceof ApiError && problem.status === 401 && signedOut());
  }, [link]);
  return (
    <main id="main" class="sessions stack">
      <div class="row">
        <h1 class="grow">{locale.t("sessions.title")}</h1>
        <LinkState link={link} />
      </div>
      <button type="button" class="button" onClick={assist}>
        <Microphone />
        {locale.t("assisted.title")}
      </button>
      <div role="status">
        {sessions === undefined ? <p class="soft">{locale.t("loading")}</p> : null}
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
  return (
    locale.list(participants.map((one) => `${nameOf(locale, one.name ?? one.id)} (${locale.languageName(one.language)})`)) || id
  );
}
