import { Field } from "../shared/field.tsx";
import type { Gender } from "../shared/api.ts";
import type { CareKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { genders, limits } from "./answers.ts";
import type { AskProps } from "./questions.tsx";

export function You({ answers, set, wrong }: AskProps) {
  const locale = useLocale<CareKey>();
  const optional = locale.t("optional");
  return (
    <>
      <Field label={locale.t("you.name")} error={wrong("name")}>
        {(aids) => (
          <input
            {...aids}
            type="text"
            autoComplete="name"
            dir="auto"
            maxLength={limits.name}
            value={answers.name}
            onInput={(event) => set({ name: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field label={locale.t("you.phone")} hint={locale.t("you.phone.hint")} optional={optional} error={wrong("phone")}>
        {(aids) => (
          <input
            {...aids}
            type="tel"
            autoComplete="tel"
            dir="ltr"
            maxLength={limits.phone}
            value={answers.phone}
            onInput={(event) => set({ phone: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field label={locale.t("you.birthYear")} optional={optional} error={wrong("birthYear")}>
        {(aids) => (
          <input
            {...aids}
            type="text"
            inputMode="numeric"
            autoComplete="bday-year"
            dir="ltr"
            class="short"
            maxLength={4}
            value={answers.birthYear}
            onInput={(event) => set({ birthYear: event.currentTarget.value })}
          />
        )}
      </Field>
      <Field label={locale.t("you.gender")} optional={optional}>
        {(aids) => (
          <select
            {...aids}
            value={answers.gender}
            onChange={(event) => set({ gender: event.currentTarget.value as Gender | "" })}
          >
            <option value="" />
            {genders.map((gender) => (
              <option key={gender} value={gender}>
                {locale.t(`gender.${gender}`)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <label class="choice">
        <input
          type="checkbox"
          checked={answers.interpreter}
          onChange={(event) => set({ interpreter: event.currentTarget.checked })}
        />
        <span>{locale.t("you.interpreter")}</span>
      </label>
    </>
  );
}
