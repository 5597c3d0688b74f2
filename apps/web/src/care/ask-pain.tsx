import { Wrong } from "../shared/field.tsx";
import type { CareKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { Face } from "./pictures.tsx";
import type { AskProps } from "./questions.tsx";

const levels = Array.from({ length: 11 }, (_, level) => level);

export function painWord(level: number): CareKey {
  if (level === 0) return "pain.none";
  if (level <= 3) return "pain.mild";
  if (level <= 6) return "pain.medium";
  return level <= 9 ? "pain.strong" : "pain.worst";
}

/** The numeric rating scale, 0–10, with faces for people to whom a number says little. */
export function Pain({ answers, set, wrong }: AskProps) {
  const locale = useLocale<CareKey>();
  const error = wrong("pain");
  const { pain } = answers;
  return (
    <fieldset
      class="stack"
      aria-labelledby="question"
      aria-describedby={error === undefined ? "pain-hint" : "pain-hint pain-error"}
    >
      <p class="hint" id="pain-hint">
        {locale.t("pain.hint")}
      </p>
      <p class="pain-now" aria-hidden="true" data-level={pain ?? "none"}>
        <Face level={pain ?? 0} />
        <span>{pain === undefined ? "…" : `${locale.number(pain)} · ${locale.t(painWord(pain))}`}</span>
      </p>
      <div class="scale">
        {levels.map((level) => (
          <label key={level} class="choice level" data-level={level}>
            <input
              type="radio"
              name="pain"
              class="sr"
              aria-invalid={error === undefined ? undefined : "true"}
              aria-label={`${locale.number(level)}, ${locale.t(painWord(level))}`}
              checked={pain === level}
              onChange={() => set({ pain: level })}
            />
            <Face level={level} />
            <span aria-hidden="true">{locale.number(level)}</span>
          </label>
        ))}
      </div>
      {error === undefined ? null : <Wrong id="pain-error" text={error} />}
    </fieldset>
  );
}
