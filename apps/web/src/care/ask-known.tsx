import { Field, Wrong } from "../shared/field.tsx";
import type { CareKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { type Known, limits } from "./answers.ts";
import type { AskProps } from "./questions.tsx";

const choices: readonly Known[] = ["no", "yes", "unknown"];

/** Allergies and medicines ask alike: no, yes and which, or not known. */
export function KnownOrNot({ answers, set, wrong, what }: AskProps & { readonly what: "allergies" | "medicines" }) {
  const locale = useLocale<CareKey>();
  const error = wrong(what);
  const words = `${what}Words` as const;
  return (
    <>
      <fieldset
        class="stack tight"
        aria-labelledby="question"
        aria-describedby={error === undefined ? `${what}-hint` : `${what}-hint ${what}-error`}
      >
        <p class="hint" id={`${what}-hint`}>
          {locale.t(`${what}.hint`)}
        </p>
        {choices.map((choice) => (
          <label class="choice" key={choice}>
            <input
              type="radio"
              name={what}
              aria-invalid={error === undefined ? undefined : "true"}
              checked={answers[what] === choice}
              onChange={() => set({ [what]: choice })}
            />
            <span>{locale.t(choice)}</span>
          </label>
        ))}
        {error === undefined ? null : <Wrong id={`${what}-error`} text={error} />}
      </fieldset>
      {answers[what] === "yes" ? (
        <Field label={locale.t(`${what}.words`)} error={wrong(words)}>
          {(aids) => (
            <textarea
              {...aids}
              rows={3}
              dir="auto"
              maxLength={limits.words}
              value={answers[words]}
              onInput={(event) => set({ [words]: event.currentTarget.value })}
            />
          )}
        </Field>
      ) : null}
    </>
  );
}
