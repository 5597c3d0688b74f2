import { useState } from "preact/hooks";
import type { Licence } from "../shared/api.ts";
import { Warning } from "../shared/icons.tsx";
import type { DeskKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { type Person, setLicence } from "./api.ts";
import { AskDialog } from "../shared/ask-dialog.tsx";
import { TextField } from "../shared/text-field.tsx";

const day: Intl.DateTimeFormatOptions = { dateStyle: "medium", timeZone: "UTC" };

/** One line about a licence, in a colour and in words. */
export function LicenceState({ licence }: { readonly licence: Licence | undefined }) {
  const locale = useLocale<DeskKey>();
  if (licence === undefined) return null;
  const { number, yearsInPractice, until, state } = licence;
  return (
    <p class="row">
      <span class={`badge ${state === "valid" ? "good" : state === "ends-soon" ? "amber" : "alarm"}`}>
        {locale.t(`licence.${state}`)}
      </span>
      <span class="soft">
        {number === undefined ? null : <bdi dir="ltr">{number} · </bdi>}
        {until === undefined ? null : locale.t("licence.until", { date: locale.date(new Date(Date.parse(until) - 1), day) })}
        {yearsInPractice === undefined ? null : ` · ${locale.t("licence.years", { years: yearsInPractice })}`}
      </span>
    </p>
  );
}

/** Told to the one whose licence it is, on every page, before it stops new cases and when it has. */
export function LicenceNotice({ licence }: { readonly licence: Licence | undefined }) {
  const locale = useLocale<DeskKey>();
  if (licence?.until === undefined || licence.state === "valid") return null;
  const date = locale.date(new Date(Date.parse(licence.until) - 1), day);
  const ended = licence.state === "ended";
  return (
    <p class={`note band ${ended ? "alarm" : "amber"}`} role="status">
      <Warning />
      <span>{locale.t(ended ? "licence.notice.ended" : "licence.notice.soon", { date })}</span>
    </p>
  );
}

export function LicenceDialog({
  one,
  act,
}: {
  readonly one: Person;
  readonly act: (work: () => Promise<unknown>) => Promise<boolean>;
}) {
  const locale = useLocale<DeskKey>();
  const [number, setNumber] = useState(one.licence?.number ?? "");
  const [years, setYears] = useState(String(one.licence?.yearsInPractice ?? ""));
  const [until, setUntil] = useState("");
  const [wrong, setWrong] = useState<string>();
  function submit(): boolean | Promise<boolean> {
    setWrong(until === "" ? locale.t("need.filled") : undefined);
    if (until === "") return false;
    return act(() =>
      setLicence(one.id, {
        until,
        ...(number.trim() === "" ? {} : { number: number.trim() }),
        ...(years.trim() === "" ? {} : { yearsInPractice: Number(years) }),
      }),
    );
  }
  return (
    <AskDialog
      open={locale.t("licence.title")}
      title={locale.t("licence.title")}
      confirm={locale.t("licence.save")}
      done={submit}
    >
      <TextField label={locale.t("licence.number")} value={number} change={setNumber} />
      <TextField label={locale.t("licence.last-day")} type="date" value={until} change={setUntil} error={wrong} />
      <TextField label={locale.t("licence.practice")} type="number" value={years} change={setYears} />
    </AskDialog>
  );
}
