import { useState } from "preact/hooks";
import type { DeskKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { Warning } from "../shared/icons.tsx";
import { forgetPatient, type Notice, settleNotice } from "./api.ts";
import { AskDialog } from "../shared/ask-dialog.tsx";
import { TextField } from "../shared/text-field.tsx";
import { Page, useWork } from "./work.tsx";

/** What the coordinator must hear of: it stands here at once, and until it is answered. */
export function Notices({ notices }: { readonly notices: readonly Notice[] | undefined }) {
  const locale = useLocale<DeskKey>();
  const work = useWork(() => Promise.resolve(true));
  return (
    <Page title={locale.t("notices.title")} work={{ ...work, found: notices }}>
      {notices?.length === 0 ? <p class="soft empty">{locale.t("notices.none")}</p> : null}
      <ul class="stack">
        {notices?.map((notice) => (
          <li key={notice.id} class={notice.settled ? "note" : "note alarm"}>
            <Warning />
            <div class="stack tight grow">
              <strong>{locale.t(`notice.${notice.kind}`)}</strong>
              <p class="soft">
                {notice.account === undefined ? null : <bdi>{notice.account.name} · </bdi>}
                <bdi dir="ltr">{notice.caseNumber ?? ""}</bdi> · {locale.date(new Date(notice.at))}
              </p>
              {notice.reason === "" ? null : (
                <p class="words" dir="auto">
                  {notice.reason}
                </p>
              )}
              <Answers notice={notice} act={(task) => work.act(task, locale.t("notices.done"))} />
            </div>
          </li>
        ))}
      </ul>
    </Page>
  );
}

function Answers({ notice, act }: { readonly notice: Notice; readonly act: (work: () => Promise<unknown>) => Promise<boolean> }) {
  const locale = useLocale<DeskKey>();
  const [answer, setAnswer] = useState("");
  const [wrong, setWrong] = useState<string>();
  if (notice.settled) return <p class="soft">{locale.t("notices.settled")}</p>;
  if (notice.kind !== "forget-request") {
    return (
      <div class="row">
        <a class="button small" href={`#case/${encodeURIComponent(notice.caseId)}`}>
          {locale.t("notices.case")}
        </a>
        <button type="button" class="button small" onClick={() => void act(() => settleNotice(notice.id))}>
          {locale.t("notices.settle")}
        </button>
      </div>
    );
  }
  function decline(): boolean | Promise<boolean> {
    setWrong(undefined);
    if (answer.trim().length >= 10) return act(() => settleNotice(notice.id, answer.trim()));
    setWrong(locale.t("glass.need"));
    return false;
  }
  return (
    <div class="row">
      <AskDialog
        open={locale.t("forget.carry-out")}
        title={locale.t("forget.ask")}
        confirm={locale.t("forget.carry-out")}
        done={() => act(() => forgetPatient(notice.id))}
        grave
      >
        <p>{locale.t("forget.hint")}</p>
      </AskDialog>
      <AskDialog
        open={locale.t("forget.decline")}
        title={locale.t("forget.decline")}
        confirm={locale.t("forget.decline")}
        done={decline}
      >
        <TextField label={locale.t("forget.answer")} value={answer} change={setAnswer} error={wrong} lines />
      </AskDialog>
    </div>
  );
}
