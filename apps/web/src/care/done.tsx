import { useState } from "preact/hooks";
import type { Receipt } from "../shared/api.ts";
import { Wrong } from "../shared/field.tsx";
import { Check, Microphone } from "../shared/icons.tsx";
import type { CareKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { errorText } from "../shared/request.ts";
import { Listen } from "./listen.tsx";

interface DoneProps {
  readonly receipt: Receipt;
  /** Into the waiting room: the code is spent, and the receipt shows the next. Absent where there are no calls. */
  readonly talk: (() => Promise<void>) | undefined;
  readonly finish: () => void;
}

/** The two numbers to keep, large enough to copy onto paper. */
export function Done({ receipt, talk, finish }: DoneProps) {
  const [error, setError] = useState<unknown>();
  const locale = useLocale<CareKey>();
  const [copied, setCopied] = useState(false);
  const text = `${locale.t("done.number")}: ${receipt.caseNumber}\n${locale.t("done.code")}: ${receipt.accessCode}`;
  // Both exist only on pages that came over TLS or from the machine itself.
  const { clipboard, share } = navigator as Partial<Pick<Navigator, "clipboard" | "share">>;
  return (
    <div class="stack">
      <div class="question-head">
        <h1 tabIndex={-1} class="sent">
          <Check />
          {locale.t("done.title")}
        </h1>
        <Listen />
      </div>
      <dl class="receipt sheet" data-private>
        <dt>{locale.t("done.number")}</dt>
        <dd>
          <bdi dir="ltr">{receipt.caseNumber}</bdi>
        </dd>
        <dt>{locale.t("done.code")}</dt>
        <dd>
          <bdi dir="ltr">{receipt.accessCode}</bdi>
        </dd>
      </dl>
      <p>
        <strong>{locale.t("done.keep")}</strong>
      </p>
      <div class="row no-print">
        {clipboard === undefined ? null : (
          <button
            type="button"
            class="button"
            onClick={() =>
              void clipboard.writeText(text).then(
                () => setCopied(true),
                () => setCopied(false),
              )
            }
          >
            {locale.t("copy")}
          </button>
        )}
        <button type="button" class="button" onClick={() => window.print()}>
          {locale.t("print")}
        </button>
        {share === undefined ? null : (
          // Closing the phone's sheet without sharing rejects, and is no error.
          <button type="button" class="button" onClick={() => void navigator.share({ text }).catch(() => undefined)}>
            {locale.t("share")}
          </button>
        )}
        <span role="status">{copied ? locale.t("copied") : ""}</span>
      </div>
      <p>{locale.t("done.next")}</p>
      <div role="alert">{error === undefined ? null : <Wrong text={errorText(locale, error)} />}</div>
      {talk === undefined ? null : (
        <button type="button" class="button no-print" onClick={() => void talk().catch(setError)}>
          <Microphone />
          {locale.t("call.open")}
        </button>
      )}
      <button type="button" class="button main no-print" onClick={finish}>
        {locale.t("done.finish")}
      </button>
    </div>
  );
}
