import { Field } from "../shared/field.tsx";
import { Warning } from "../shared/icons.tsx";
import type { CareKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { areas, limits } from "./answers.ts";
import { ambulance, Call } from "./frame.tsx";
import { AreaPicture } from "./pictures.tsx";
import type { AskProps } from "./questions.tsx";

export function Complaint({ answers, set, wrong, station }: AskProps) {
  const locale = useLocale<CareKey>();
  const number = ambulance(station);
  return (
    <>
      <fieldset class="stack tight">
        <legend>{locale.t("complaint.area")}</legend>
        <div class="areas">
          {areas.map((area) => (
            <label class="choice area" key={area}>
              <input
                type="checkbox"
                checked={answers.areas.includes(area)}
                onChange={(event) =>
                  set({
                    areas: areas.filter((each) => (each === area ? event.currentTarget.checked : answers.areas.includes(each))),
                  })
                }
              />
              <AreaPicture area={area} />
              <span>{locale.t(`area.${area}`)}</span>
            </label>
          ))}
        </div>
      </fieldset>
      {answers.areas.includes("chest") ? (
        <div class="note alarm" role="status">
          <Warning />
          <div class="stack tight">
            <strong>{locale.t("urgent.title")}</strong>
            <p>{locale.t("urgent.text", { number })}</p>
            <Call what={locale.t("emergency.ambulance")} number={number} />
          </div>
        </div>
      ) : null}
      <Field label={locale.t("complaint.words")} hint={locale.t("complaint.hint")} error={wrong("complaint")}>
        {(aids) => (
          <textarea
            {...aids}
            rows={4}
            dir="auto"
            maxLength={limits.complaint}
            value={answers.complaint}
            onInput={(event) => set({ complaint: event.currentTarget.value })}
          />
        )}
      </Field>
    </>
  );
}
