import { useEffect, useState } from "preact/hooks";
import { type Receipt, sendIntake } from "../shared/api.ts";
import { Warning } from "../shared/icons.tsx";
import type { CareKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { ApiError, errorText } from "../shared/request.ts";
import { complaintText, knownText, sinceText, toIntake } from "./answers.ts";
import { painWord } from "./ask-pain.tsx";
import { check, type Step, steps } from "./check.ts";
import type { Draft } from "./draft.ts";

interface ReviewProps {
  readonly draft: Draft;
  readonly change: (step: number) => void;
  readonly back: () => void;
  readonly sent: (receipt: Receipt) => void;
}

/** Everything once more, then off it goes; a bad network costs a tap, not the answers. */
export function Review({ draft, change, back, sent }: ReviewProps) {
  const locale = useLocale<CareKey>();
  const { answers } = draft;
  const [state, setState] = useState<{ sending: boolean; error?: unknown }>({ sending: false });

  function send(): void {
    const missing = steps.findIndex((step) => Object.keys(check(step, answers)).length > 0);
    if (missing >= 0) return change(missing);
    setState({ sending: true });
    sendIntake(toIntake(answers, locale), draft.key).then(sent, (error: unknown) => setState({ sending: false, error }));
  }
  const offline = state.error instanceof ApiError && state.error.code === "network";
  useEffect(() => {
    if (!offline) return undefined;
    window.addEventListener("online", send, { once: true });
    return () => window.removeEventListener("online", send);
  });

  const rows: readonly (readonly [Step, CareKey, string])[] = [
    ["complaint", "complaint.title", complaintText(answers, locale)],
    ["since", "since.title", sinceText(answers, locale)],
    [
      "pain",
      "pain.title",
      answers.pain === undefined ? "" : `${locale.number(answers.pain)} · ${locale.t(painWord(answers.pain))}`,
    ],
    ["allergies", "allergies.title", knownText(answers.allergies, answers.allergiesWords, "allergies.none", locale)],
    ["medicines", "medicines.title", knownText(answers.medicines, answers.medicinesWords, "medicines.none", locale)],
    ["you", "you.title", [answers.name, answers.phone, answers.birthYear].filter((part) => part.trim() !== "").join(" · ")],
  ];
  return (
    <>
      <dl class="review sheet">
        {rows.map(([step, title, text]) => (
          <div key={step}>
            <dt>{locale.t(title)}</dt>
            <dd data-private dir="auto">
              {text}
            </dd>
            <dd>
              <button type="button" class="button plain small" onClick={() => change(steps.indexOf(step))}>
                {locale.t("change")}
                <span class="sr">: {locale.t(title)}</span>
              </button>
            </dd>
          </div>
        ))}
      </dl>
      <div role="alert">
        {state.error === undefined ? null : (
          <div class={offline ? "note amber" : "note alarm"}>
            <Warning />
            <div>
              <p>{offline ? locale.t("offline") : errorText(locale, state.error)}</p>
              {offline ? <p class="hint">{locale.t("retry.auto")}</p> : null}
            </div>
          </div>
        )}
      </div>
      <p class="hint">{locale.t("saved")}</p>
      <div class="ways">
        <button type="button" class="button" onClick={back}>
          {locale.t("back")}
        </button>
        <button
          type="button"
          class="button main"
          aria-disabled={state.sending}
          onClick={() => (state.sending ? undefined : send())}
        >
          {locale.t(state.sending ? "sending" : state.error === undefined ? "send" : "retry")}
        </button>
      </div>
    </>
  );
}
