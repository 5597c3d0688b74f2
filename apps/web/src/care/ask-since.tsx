import { Field, Wrong } from "../shared/field.tsx";
import type { CareKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { beginnings, limits } from "./answers.ts";
import type { AskProps } from "./questions.tsx";

export function Since({ answers, set, wrong }: AskProps) {
  const locale = useLocale<CareKey>();
  const error = wrong("since");
  return (
    <>
      <fieldset class="stack tight" aria-labelledby="question" aria-describedby={error === undefined ? undefined : "since-error"}>
        {beginnings.map((each) => (
          <label class="choice" key={each}>
            <input
              type="radio"
              name="since"
              aria-invalid={error === undefined ? undefined : "true"}
              checked={answers.since === each}
              onChange={() => set({ since: each })}
            />
            <span>{locale.t(`since.${each}`)}</span>
          </label>
        ))}
        {error === undefined ? null : <Wrong id="since-error" text={error} />}
      </fieldset>
      <Field label={locale.t("since.words")} optional={locale.t("optional")}>
        {(aids) => (
          <input
            {...aids}
            type="text"
            dir="auto"
            maxLength={limits.since - 60}
            value={answers.sinceWords}
            onInput={(event) => set({ sinceWords: event.currentTarget.value })}
          />
        )}
      </Field>
    </>
  );
}
