import { useState } from "preact/hooks";
import { AskDialog } from "../shared/ask-dialog.tsx";
import type { DeskKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { TextField } from "../shared/text-field.tsx";
import { PrescriptionText } from "./prescription.tsx";
import { type Review, reviewPrescription } from "./prescription-api.ts";
import { Page, useWork } from "./work.tsx";

/** What waits for the pharmacist: each prescription beside what may forbid it. */
export function Reviews({ reviews }: { readonly reviews: readonly Review[] | undefined }) {
  const locale = useLocale<DeskKey>();
  const work = useWork(() => Promise.resolve(true));
  const act = (task: () => Promise<unknown>) => work.act(task, locale.t("notices.done"));
  return (
    <Page title={locale.t("nav.reviews")} work={{ ...work, found: reviews }}>
      {reviews?.length === 0 ? <p class="soft empty">{locale.t("reviews.none")}</p> : null}
      <ul class="stack">
        {reviews?.map((one) => (
          <li key={one.prescription.id} class="sheet stack">
            <div class="stack tight">
              <PrescriptionText one={one.prescription} />
            </div>
            <About one={one} />
            <Decide one={one} act={act} />
          </li>
        ))}
      </ul>
    </Page>
  );
}

function About({ one: { patient, caseNumber, said, recorded } }: { readonly one: Review }) {
  const locale = useLocale<DeskKey>();
  const age = patient.birthYear === undefined ? undefined : new Date().getFullYear() - patient.birthYear;
  const { gender } = patient;
  const facts: readonly (readonly [name: DeskKey, said: string, recorded: readonly string[]])[] = [
    ["case.allergies", said.allergies, recorded.allergies],
    ["case.medicines", said.medicines, recorded.medicines],
    ["reviews.problems", "", recorded.problems],
  ];
  return (
    <dl class="facts">
      <div class="wide">
        <dt>{locale.t("case.patient")}</dt>
        <dd>
          <bdi>{patient.name}</bdi>
          {age === undefined ? null : ` · ${locale.t("case.age", { age })}`}
          {gender === "female" || gender === "male" || gender === "other" ? ` · ${locale.t(`gender.${gender}`)}` : null}
          {" · "}
          <bdi dir="ltr">{caseNumber}</bdi>
        </dd>
      </div>
      {facts.map(([name, words, known]) =>
        words === "" && known.length === 0 ? null : (
          <div key={name}>
            <dt>{locale.t(name)}</dt>
            <dd>
              {words === "" ? null : (
                <>
                  <p class="hint">{locale.t("case.words", { language: locale.languageName(patient.language) })}</p>
                  <p class="words" lang={patient.language} dir="auto">
                    {words}
                  </p>
                </>
              )}
              {known.map((text) => (
                <p key={text} class="words" dir="auto">
                  {text}
                </p>
              ))}
            </dd>
          </div>
        ),
      )}
    </dl>
  );
}

interface DecideProps {
  readonly one: Review;
  readonly act: (task: () => Promise<unknown>) => Promise<boolean>;
}

function Decide({ one: { prescription }, act }: DecideProps) {
  const locale = useLocale<DeskKey>();
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState<string>();
  async function giveBack(): Promise<boolean> {
    setWrong(undefined);
    if (reason.trim().length < 10) {
      setWrong(locale.t("glass.need"));
      return false;
    }
    await act(() => reviewPrescription(prescription, { decision: "return", reason: reason.trim() }));
    return true;
  }
  async function accept(): Promise<boolean> {
    await act(() => reviewPrescription(prescription, { decision: "accept" }));
    return true;
  }
  return (
    <div class="row">
      <AskDialog
        open={locale.t("reviews.accept")}
        title={locale.t("reviews.accept.ask")}
        confirm={locale.t("reviews.accept")}
        done={accept}
      >
        <PrescriptionText one={prescription} />
      </AskDialog>
      <AskDialog
        open={locale.t("reviews.return")}
        title={locale.t("reviews.return")}
        confirm={locale.t("reviews.return")}
        done={giveBack}
        grave
      >
        <PrescriptionText one={prescription} />
        <TextField label={locale.t("reviews.reason")} value={reason} change={setReason} error={wrong} lines />
      </AskDialog>
    </div>
  );
}
