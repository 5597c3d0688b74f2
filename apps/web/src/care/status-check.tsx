import { useState } from "preact/hooks";
import { type CaseStatus, getStatus } from "../shared/api.ts";
import { Field, Wrong } from "../shared/field.tsx";
import { Check, Clock } from "../shared/icons.tsx";
import type { CareKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { errorText } from "../shared/request.ts";
import { westernDigits } from "./answers.ts";
import { Listen } from "./listen.tsx";

export function StatusCheck({ back }: { readonly back: () => void }) {
  const locale = useLocale<CareKey>();
  const [caseNumber, setNumber] = useState("");
  const [accessCode, setCode] = useState("");
  const [tried, setTried] = useState(false);
  const [answer, setAnswer] = useState<{ status?: CaseStatus; error?: unknown }>({});
  const wanting = (value: string, key: CareKey) => (tried && value.trim() === "" ? locale.t(key) : undefined);

  function submit(event: Event): void {
    event.preventDefault();
    setTried(true);
    setAnswer({});
    if (caseNumber.trim() === "" || accessCode.trim() === "") return;
    const typed = (text: string) => westernDigits(text.trim()).toUpperCase();
    getStatus({ caseNumber: typed(caseNumber), accessCode: typed(accessCode) }).then(
      (status) => setAnswer({ status }),
      (error: unknown) => setAnswer({ error }),
    );
  }
  return (
    <form class="stack" onSubmit={submit} noValidate>
      <div class="question-head">
        <h1 tabIndex={-1}>{locale.t("status.title")}</h1>
        <Listen />
      </div>
      <Field label={locale.t("done.number")} error={wanting(caseNumber, "need.number")}>
        {(aids) => (
          <input
            {...aids}
            dir="ltr"
            class="code"
            autoComplete="off"
            autoCapitalize="characters"
            spellcheck={false}
            maxLength={40}
            value={caseNumber}
            onInput={(event) => setNumber(event.currentTarget.value)}
          />
        )}
      </Field>
      <Field label={locale.t("done.code")} error={wanting(accessCode, "need.code")}>
        {(aids) => (
          <input
            {...aids}
            dir="ltr"
            class="code"
            autoComplete="off"
            autoCapitalize="characters"
            spellcheck={false}
            maxLength={40}
            value={accessCode}
            onInput={(event) => setCode(event.currentTarget.value)}
          />
        )}
      </Field>
      <div role="status">
        {answer.error === undefined ? null : <Wrong text={errorText(locale, answer.error)} />}
        {answer.status === undefined ? null : <Answer status={answer.status} />}
      </div>
      <div class="ways">
        <button type="button" class="button" onClick={back}>
          {locale.t("back")}
        </button>
        <button type="submit" class="button main">
          {locale.t("status.check")}
        </button>
      </div>
    </form>
  );
}

function Answer({ status }: { readonly status: CaseStatus }) {
  const locale = useLocale<CareKey>();
  return (
    <div class="note good">
      {status.status === "open" ? <Clock /> : <Check />}
      <div>
        <strong>{locale.t(`status.${status.status}`)}</strong>
        <p>{locale.t("status.sent", { date: locale.date(new Date(status.openedAt)) })}</p>
      </div>
    </div>
  );
}
