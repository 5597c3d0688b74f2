import type { Locale } from "@yizhan/locale";
import { useEffect, useState } from "preact/hooks";
import { AskDialog } from "../shared/ask-dialog.tsx";
import { Field } from "../shared/field.tsx";
import type { DeskKey } from "../shared/keys.ts";
import { available, useLanguage, useLocale } from "../shared/locale.tsx";
import { randomId } from "../shared/random-id.ts";
import { ApiError, errorText } from "../shared/request.ts";
import { TextField } from "../shared/text-field.tsx";
import { DosageText, dosageWords } from "./prescription.tsx";
import { doseUnits, type NewPrescription, prescribe, frequencies, routes } from "./prescription-api.ts";

/** Nothing is chosen beforehand: a dose that nobody chose would be sent by whoever overlooks it. */
const empty: Draft = {
  medicine: "",
  value: "",
  unit: "",
  frequency: "",
  asNeeded: false,
  route: "",
  days: "",
  note: "",
};
interface Draft {
  readonly medicine: string;
  readonly value: string;
  readonly unit: (typeof doseUnits)[number] | "";
  readonly frequency: (typeof frequencies)[number] | "";
  readonly asNeeded: boolean;
  readonly route: (typeof routes)[number] | "";
  readonly days: string;
  readonly note: string;
}
type Wrong = Partial<Record<"medicine" | "value" | "unit" | "frequency" | "route" | "days" | "send", string>>;

interface PrescribeProps {
  readonly caseId: string;
  readonly said: { readonly language: string; readonly allergies: string; readonly medicines: string };
  readonly sent: () => void;
}

/** The form of a prescription, with what the patient said of allergies above it and what was understood below. */
export function Prescribe({ caseId, said, sent }: PrescribeProps) {
  const locale = useLocale<DeskKey>();
  const [draft, setDraft] = useState<Draft>(empty);
  // The same key until it has arrived: sent again after a cut, it is not prescribed twice.
  const [key, setKey] = useState(randomId);
  const [wrong, setWrong] = useState<Wrong>({});
  const theirs = useTheirLocale(said.language);
  const change = (part: Partial<Draft>) => setDraft((before) => ({ ...before, ...part }));
  const { medicine, unit, frequency, asNeeded, route } = draft;
  const value = above(draft.value, 100_000);
  const days = frequency === "once" ? undefined : above(draft.days, 365);

  const understood =
    value === undefined || unit === "" || frequency === "" || route === ""
      ? undefined
      : { dose: { value, unit }, frequency, asNeeded, route, ...(days === undefined ? {} : { days }) };

  async function submit(): Promise<boolean> {
    const need: Wrong = {
      ...(medicine.trim().length < 2 ? { medicine: locale.t("need.filled") } : {}),
      ...(value === undefined ? { value: locale.t("rx.number") } : {}),
      ...(unit === "" ? { unit: locale.t("need.choice") } : {}),
      ...(frequency === "" ? { frequency: locale.t("need.choice") } : {}),
      ...(route === "" ? { route: locale.t("need.choice") } : {}),
      ...(frequency === "once" || (days !== undefined && Number.isInteger(days)) ? {} : { days: locale.t("rx.number") }),
    };
    setWrong(need);
    if (understood === undefined || Object.keys(need).length > 0) return false;
    const written: NewPrescription = { ...understood, key, medicine: medicine.trim(), note: draft.note.trim() };
    const words = theirs && { language: theirs.tag, text: dosageWords(theirs, written) };
    try {
      await prescribe(caseId, words === undefined ? written : { ...written, words });
    } catch (error) {
      // An earlier sending arrived after all, as it was then: it stands in the list, and this is another one.
      if (error instanceof ApiError && error.status === 409) setKey(randomId());
      setWrong({ send: errorText(locale, error) });
      return false;
    }
    setDraft(empty);
    setKey(randomId());
    sent();
    return true;
  }
  const words = (name: DeskKey, text: string) => (
    <div>
      <dt>{locale.t(name)}</dt>
      <dd>
        <p class="words" lang={said.language} dir="auto">
          {text}
        </p>
      </dd>
    </div>
  );
  return (
    <AskDialog open={locale.t("rx.write")} title={locale.t("rx.write")} confirm={locale.t("rx.send")} done={submit}>
      <div class="note amber">
        <dl class="facts grow">
          {words("case.allergies", said.allergies)}
          {words("case.medicines", said.medicines)}
        </dl>
      </div>
      <TextField
        label={locale.t("rx.medicine")}
        hint={locale.t("rx.medicine.hint")}
        value={medicine}
        change={(text) => change({ medicine: text })}
        error={wrong.medicine}
      />
      <div class="pair">
        <TextField
          label={locale.t("rx.dose")}
          type="number"
          value={draft.value}
          change={(text) => change({ value: text })}
          error={wrong.value}
        />
        <Choice
          label={locale.t("rx.unit")}
          all={doseUnits}
          value={unit}
          name={(one) => locale.t(`dose.${one}`, { value: value ?? 1 })}
          change={(one) => change({ unit: one })}
          error={wrong.unit}
        />
      </div>
      <Choice
        label={locale.t("rx.frequency")}
        all={frequencies}
        value={frequency}
        name={(one) => locale.t(`frequency.${one}`)}
        change={(one) => change({ frequency: one })}
        error={wrong.frequency}
      />
      <label class="choice">
        <input type="checkbox" checked={asNeeded} onChange={(event) => change({ asNeeded: event.currentTarget.checked })} />
        <span>{locale.t("rx.as-needed")}</span>
      </label>
      <Choice
        label={locale.t("rx.route")}
        all={routes}
        value={route}
        name={(one) => locale.t(`route.${one}`)}
        change={(one) => change({ route: one })}
        error={wrong.route}
      />
      {frequency === "once" ? null : (
        <TextField
          label={locale.t("rx.days")}
          type="number"
          value={draft.days}
          change={(text) => change({ days: text })}
          error={wrong.days}
        />
      )}
      <TextField
        label={locale.t("rx.note")}
        hint={locale.t("rx.note.hint")}
        value={draft.note}
        change={(text) => change({ note: text })}
        error={wrong.send}
        lines
      />
      {understood === undefined ? null : (
        <div class="note good" role="status">
          <div class="stack tight">
            <strong dir="auto">{medicine}</strong>
            <DosageText of={understood} />
            {theirs === undefined || theirs.tag === locale.tag ? null : (
              <p lang={theirs.tag} dir="auto">
                {dosageWords(theirs, understood)}
              </p>
            )}
          </div>
        </div>
      )}
    </AskDialog>
  );
}

/** The patient's language where the desk has it: what they read is written with the prescription. */
function useTheirLocale(tag: string): Locale<DeskKey> | undefined {
  const { languages, load } = useLanguage();
  const [locale, setLocale] = useState<Locale<DeskKey>>();
  useEffect(() => {
    let current = true;
    const found = available(languages, tag);
    if (found === undefined) return undefined;
    load(found).then(
      (page) => current && setLocale(page.locale as Locale<DeskKey>),
      // Without it the prescription is as right, and has its structure alone.
      () => current && setLocale(undefined),
    );
    return () => {
      current = false;
    };
  }, [tag]);
  return locale;
}

/** The number, where it is one above zero and at most `most`; three places are what is shown, so more are refused. */
function above(text: string, most: number): number | undefined {
  const number = Number(text);
  return text.trim() !== "" && number >= 0.001 && number <= most && Number(number.toFixed(3)) === number ? number : undefined;
}

interface ChoiceProps<T extends string> {
  readonly label: string;
  readonly all: readonly T[];
  /** Empty until one is chosen. */
  readonly value: T | "";
  readonly name: (one: T) => string;
  readonly change: (one: T | "") => void;
  readonly error?: string | undefined;
}

function Choice<T extends string>({ label, all, value, name, change, error }: ChoiceProps<T>) {
  return (
    <Field label={label} error={error}>
      {(aids) => (
        <select {...aids} value={value} onChange={(event) => change(all.find((one) => one === event.currentTarget.value) ?? "")}>
          <option value="">—</option>
          {all.map((one) => (
            <option key={one} value={one}>
              {name(one)}
            </option>
          ))}
        </select>
      )}
    </Field>
  );
}
