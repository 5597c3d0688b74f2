import type { Locale } from "@yizhan/locale";
import { Check, Clock, Warning } from "../shared/icons.tsx";
import type { DeskKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import type { Dosage, Prescription } from "./prescription-api.ts";

/** One prescription as everybody reads it: in the reader's own language, whoever wrote it. */
export function PrescriptionText({ one }: { readonly one: Prescription }) {
  const locale = useLocale<DeskKey>();
  const { by, at } = one;
  return (
    <>
      <strong class="words" dir="auto">
        {one.medicine}
      </strong>
      <DosageText of={one} />
      {one.text === "" ? null : (
        <p class="words" dir="auto">
          {one.text}
        </p>
      )}
      {one.note === "" ? null : (
        <p class="words" dir="auto">
          {one.note}
        </p>
      )}
      <p class="soft">
        {by === undefined ? null : <bdi>{by.name}</bdi>}
        {at === undefined ? null : ` · ${locale.date(new Date(at))}`}
      </p>
    </>
  );
}

export function DosageText({ of }: { readonly of: Dosage }) {
  const words = dosageWords(useLocale<DeskKey>(), of);
  return words === "" ? null : <p>{words}</p>;
}

/** A dose in a language's words, each part that is known. */
export function dosageWords(locale: Locale<DeskKey>, { dose, frequency, route, days, asNeeded }: Dosage): string {
  return [
    dose === undefined ? "" : locale.t(`dose.${dose.unit}`, { value: dose.value }),
    frequency === undefined ? "" : locale.t(`frequency.${frequency}`),
    route === undefined ? "" : locale.t(`route.${route}`),
    days === undefined ? "" : locale.t("rx.days.value", { days }),
    asNeeded ? locale.t("rx.as-needed") : "",
  ]
    .filter((part) => part !== "")
    .join(" · ");
}

const looks = { draft: "quiet", waiting: "amber", returned: "alarm", accepted: "good", ended: "quiet" } as const;

export function PrescriptionState({ state }: { readonly state: Prescription["state"] }) {
  const locale = useLocale<DeskKey>();
  return (
    <span class={`badge ${looks[state]}`}>
      {state === "waiting" || state === "draft" ? <Clock /> : state === "returned" ? <Warning /> : <Check />}
      {locale.t(`rx.${state}`)}
    </span>
  );
}
