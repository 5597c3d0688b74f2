import { useEffect, useState } from "preact/hooks";
import { getKept, keepSession, type Kept, stopKeeping } from "../shared/api.ts";
import { AskDialog } from "../shared/ask-dialog.tsx";
import { Field, Wrong } from "../shared/field.tsx";
import { Folder } from "../shared/icons.tsx";
import type { BoothKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { errorText } from "../shared/request.ts";
import { TextField } from "../shared/text-field.tsx";
import { useWork } from "./use-work.ts";

const answers = ["patient", "representative"] as const;

/** Whether the conversation is written into a record, and the question by which that begins or ends. */
export function Keep({ id, languages }: { readonly id: string; readonly languages: readonly string[] }) {
  const locale = useLocale<BoothKey>();
  const [kept, setKept] = useState<Kept>({ kept: false });
  useEffect(() => void getKept(id).then(setKept, () => setKept({ kept: false })), [id]);
  if (!kept.kept) return <Ask id={id} languages={languages} done={setKept} />;
  const when = locale.date(new Date(kept.since), { timeStyle: "short" });
  return (
    <span class="row tight" role="status">
      <span class="badge amber">
        <Folder />
        {locale.t("keep.on", { number: kept.caseNumber, when })}
      </span>
      <End id={id} done={setKept} />
    </span>
  );
}

interface KeepProps {
  readonly id: string;
  readonly done: (kept: Kept) => void;
}

function Ask({ id, languages, done }: KeepProps & { readonly languages: readonly string[] }) {
  const locale = useLocale<BoothKey>();
  const { error, act } = useWork();
  const [caseNumber, setNumber] = useState("");
  const [language, setLanguage] = useState<string>();
  const [given, setGiven] = useState<(typeof answers)[number]>("patient");
  const [agreed, setAgreed] = useState(false);
  const [missing, setMissing] = useState(false);
  const asked = language ?? languages[0] ?? locale.tag;
  async function keep(): Promise<boolean> {
    setMissing(!agreed || caseNumber.trim() === "");
    if (!agreed || caseNumber.trim() === "") return false;
    return act(async () => done(await keepSession(id, { caseNumber, consent: { agreed, language: asked, given } })));
  }
  return (
    <AskDialog open={locale.t("keep.open")} title={locale.t("keep.title")} confirm={locale.t("keep.confirm")} done={keep}>
      <p>{locale.t("keep.hint")}</p>
      <div role="alert">
        {missing ? <Wrong text={locale.t("keep.missing")} /> : null}
        {error === undefined ? null : <Wrong text={errorText(locale, error)} />}
      </div>
      <TextField label={locale.t("keep.number")} value={caseNumber} change={setNumber} />
      <Field label={locale.t("keep.asked")}>
        {(aids) => (
          <select {...aids} class="select" value={asked} onChange={(event) => setLanguage(event.currentTarget.value)}>
            {[...new Set([...languages, locale.tag])].map((tag) => (
              <option key={tag} value={tag}>
                {locale.languageName(tag)}
              </option>
            ))}
          </select>
        )}
      </Field>
      <fieldset class="stack tight">
        <legend>{locale.t("keep.given")}</legend>
        {answers.map((each) => (
          <label key={each} class="choice">
            <input type="radio" name="given" checked={given === each} onChange={() => setGiven(each)} />
            <span>{locale.t(`keep.given.${each}`)}</span>
          </label>
        ))}
      </fieldset>
      <label class="choice">
        <input type="checkbox" checked={agreed} onChange={(event) => setAgreed(event.currentTarget.checked)} />
        <span>{locale.t("keep.agreed")}</span>
      </label>
    </AskDialog>
  );
}

function End({ id, done }: KeepProps) {
  const locale = useLocale<BoothKey>();
  const { error, act } = useWork();
  const [erase, setErase] = useState(false);
  const stop = () => act(async () => done(await stopKeeping(id, erase)));
  return (
    <AskDialog
      open={locale.t("keep.stop")}
      title={locale.t("keep.stop.title")}
      confirm={locale.t("keep.stop")}
      done={stop}
      grave={erase}
    >
      <div role="alert">{error === undefined ? null : <Wrong text={errorText(locale, error)} />}</div>
      <label class="choice">
        <input type="checkbox" checked={erase} onChange={(event) => setErase(event.currentTarget.checked)} />
        <span>{locale.t("keep.erase")}</span>
      </label>
    </AskDialog>
  );
}
