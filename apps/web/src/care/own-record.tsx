import { useEffect, useState } from "preact/hooks";
import { Wrong } from "../shared/field.tsx";
import { Microphone } from "../shared/icons.tsx";
import type { CareKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { passkeysWork } from "../shared/passkey.ts";
import { ApiError, errorText } from "../shared/request.ts";
import { AskTwice } from "./ask-twice.tsx";
import { Listen } from "./listen.tsx";
import { addPasskey, askToForget, getRecord, leaveRecord, type OwnRecord as Record, withdrawConsent } from "./own-api.ts";
import { NewCode } from "./new-code.tsx";
import { OwnSummary } from "./own-summary.tsx";
import { Answer } from "./status-check.tsx";

export interface OwnRecordProps {
  /** The code that opens the next time, where one was just spent. */
  readonly nextCode: string | undefined;
  /** Leads away: the record was closed on this phone, or closed itself. */
  readonly closed: () => void;
  /** Into the waiting room; absent where this station has no calls. */
  readonly talk: (() => void) | undefined;
}

/** A patient's own record: how the case stands, the summary, the agreements, and the way out of all of it. */
export function OwnRecord({ nextCode, closed, talk }: OwnRecordProps) {
  const locale = useLocale<CareKey>();
  const [record, setRecord] = useState<Record>();
  const [error, setError] = useState<unknown>();
  const [added, setAdded] = useState(false);

  async function attempt(work: () => Promise<Record | undefined>): Promise<void> {
    setError(undefined);
    try {
      const next = await work();
      if (next !== undefined) setRecord(next);
    } catch (problem) {
      if (problem instanceof ApiError && problem.status === 401) closed();
      else setError(problem);
    }
  }
  useEffect(() => void attempt(getRecord), []);
  const leave = () =>
    attempt(async () => {
      await leaveRecord();
      closed();
      return undefined;
    });
  const add = () =>
    attempt(async () => {
      setAdded(await addPasskey());
      return undefined;
    });
  return (
    <div class="stack">
      <div class="question-head">
        <h1 tabIndex={-1}>{locale.t("record.title")}</h1>
        <Listen />
      </div>
      {nextCode === undefined ? null : <NewCode code={nextCode} />}
      <div role="alert">{error === undefined ? null : <Wrong text={errorText(locale, error)} />}</div>
      {record === undefined ? null : (
        <>
          <Answer status={record.case} />
          {record.case.status === "closed" ? null : talk === undefined ? (
            <p class="hint">{locale.t("call.none")}</p>
          ) : (
            <button type="button" class="button main" onClick={talk}>
              <Microphone />
              {locale.t("call.open")}
            </button>
          )}
          {passkeysWork() && record.passkeys === 0 ? (
            <div role="status">
              {added ? (
                <p class="note good">{locale.t("record.passkey.added")}</p>
              ) : (
                <button type="button" class="button" onClick={() => void add()}>
                  {locale.t("record.passkey.add")}
                </button>
              )}
            </div>
          ) : null}
          <OwnSummary failed={setError} />
          <section class="sheet stack">
            <h2>{locale.t("consents.title")}</h2>
            <ul class="stack">
              {record.consents.map((one) => (
                <li key={one.id} class="row">
                  <span class="grow">{locale.t("consents.given", { date: locale.date(new Date(one.at)) })}</span>
                  {one.active ? (
                    <AskTwice
                      what={locale.t("consents.withdraw")}
                      question={locale.t("consents.withdraw.ask")}
                      done={() => void attempt(() => withdrawConsent(one.id))}
                    />
                  ) : (
                    <span class="badge amber">{locale.t("consents.withdrawn")}</span>
                  )}
                </li>
              ))}
            </ul>
          </section>
          <Forgetting record={record} ask={() => void attempt(askToForget)} />
        </>
      )}
      <button type="button" class="button main no-print" onClick={() => void leave()}>
        {locale.t("record.leave")}
      </button>
    </div>
  );
}

function Forgetting({ record, ask }: { readonly record: Record; readonly ask: () => void }) {
  const locale = useLocale<CareKey>();
  const { forget } = record;
  return (
    <div class="stack no-print" role="status">
      {forget === undefined ? null : (
        <div class="note amber">
          <div>
            <p>{locale.t("forget.asked", { date: locale.date(new Date(forget.at)) })}</p>
            {forget.state === "declined" ? (
              <p>
                {locale.t("forget.declined")} <bdi>{forget.answer}</bdi>
              </p>
            ) : null}
          </div>
        </div>
      )}
      {forget?.state === "asked" ? null : (
        <AskTwice what={locale.t("forget.ask")} question={locale.t("forget.confirm")} done={ask} plain />
      )}
    </div>
  );
}
