import type { RefObject } from "preact";
import { useState } from "preact/hooks";
import { type Outcome, outcomes } from "../shared/api.ts";
import { Field, Wrong } from "../shared/field.tsx";
import type { DeskKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";

interface CloseDialogProps {
  readonly dialog: RefObject<HTMLDialogElement | null>;
  readonly caseNumber: string;
  readonly done: (outcome: Outcome, note: string) => void;
}

export function CloseDialog({ dialog, caseNumber, done }: CloseDialogProps) {
  const locale = useLocale<DeskKey>();
  const [outcome, setOutcome] = useState<Outcome>();
  const [note, setNote] = useState("");
  const [tried, setTried] = useState(false);
  const wrong = tried && outcome === undefined;

  function submit(event: Event): void {
    event.preventDefault();
    setTried(true);
    if (outcome === undefined) return;
    dialog.current?.close();
    done(outcome, note.trim());
  }
  return (
    <dialog ref={dialog} aria-labelledby="close-title">
      <form class="stack" onSubmit={submit} noValidate>
        <h2 id="close-title">{locale.t("close.title", { number: caseNumber })}</h2>
        <fieldset class="stack tight" aria-describedby={wrong ? "outcome-error" : undefined}>
          <legend>{locale.t("close.outcome")}</legend>
          {outcomes.map((each) => (
            <label class="choice" key={each}>
              <input
                type="radio"
                name="outcome"
                aria-invalid={wrong ? "true" : undefined}
                checked={outcome === each}
                onChange={() => setOutcome(each)}
              />
              <span>{locale.t(`outcome.${each}`)}</span>
            </label>
          ))}
          {wrong ? <Wrong id="outcome-error" text={locale.t("need.choice")} /> : null}
        </fieldset>
        <Field label={locale.t("close.note")} hint={locale.t("close.note.hint")}>
          {(aids) => (
            <textarea
              {...aids}
              rows={3}
              dir="auto"
              maxLength={4000}
              value={note}
              onInput={(event) => setNote(event.currentTarget.value)}
            />
          )}
        </Field>
        <div class="row">
          <button type="submit" class="button main">
            {locale.t("close.confirm")}
          </button>
          <button type="button" class="button" onClick={() => dialog.current?.close()}>
            {locale.t("cancel")}
          </button>
        </div>
      </form>
    </dialog>
  );
}
