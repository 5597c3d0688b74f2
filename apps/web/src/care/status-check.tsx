import { useState } from "preact/hooks";
import { type CaseStatus, getStatus, type Receipt } from "../shared/api.ts";
import { Field, Wrong } from "../shared/field.tsx";
import { Check, Clock } from "../shared/icons.tsx";
import type { CareKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { passkeysWork } from "../shared/passkey.ts";
import { errorText } from "../shared/request.ts";
import { westernDigits } from "./answers.ts";
import { Listen } from "./listen.tsx";
import { openWithCode, openWithPasskey } from "./own-api.ts";

interface StatusCheckProps {
  readonly back: () => void;
  /** The record is open; `nextCode` where a code was spent on it. */
  readonly opened: (nextCode?: string) => void;
}

export function StatusCheck({ back, opened }: StatusCheckProps) {
  const locale = useLocale<CareKey>();
  const [caseNumber, setNumber] = useState("");
  const [accessCode, setCode] = useState("");
  const [tried, setTried] = useState(false);
  const [answer, setAnswer] = useState<{ status?: CaseStatus; error?: unknown }>({});
  const wanting = (value: string, key: CareKey) => (tried && value.trim() === "" ? locale.t(key) : undefined);

  /** What was typed, for `use`; or a word beside the field that is empty. */
  async function withCode(use: (receipt: Receipt) => Promise<void>): Promise<void> {
    setTried(true);
    setAnswer({});
    if (caseNumber.trim() === "" || accessCode.trim() === "") return;
    const typed = (text: string) => westernDigits(text.trim()).toUpperCase();
    await attempt(() => use({ caseNumber: typed(caseNumber), accessCode: typed(accessCode) }));
  }
  async function attempt(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      setAnswer({ error });
    }
  }
  const check = () => withCode(async (receipt) => setAnswer({ status: await getStatus(receipt) }));
  const open = () => withCode(async (receipt) => opened((await openWithCode(receipt)).nextCode));
  const openByDevice = () =>
    attempt(async () => {
      if (await openWithPasskey()) opened();
    });
  return (
    <form
      class="stack"
      onSubmit={(event) => {
        event.preventDefault();
        void check();
      }}
      noValidate
    >
      <div class="question-head">
        <h1 tabIndex={-1}>{locale.t("status.title")}</h1>
        <Listen />
      </div>
      {passkeysWork() ? (
        <button type="button" class="button" onClick={() => void openByDevice()}>
          {locale.t("record.passkey")}
        </button>
      ) : null}
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
      <div class="stack tight">
        <button type="button" class="button" aria-describedby="open-hint" onClick={() => void open()}>
          {locale.t("record.open")}
        </button>
        <p class="hint" id="open-hint">
          {locale.t("record.open.hint")}
        </p>
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

export function Answer({ status }: { readonly status: Pick<CaseStatus, "status" | "openedAt"> }) {
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
