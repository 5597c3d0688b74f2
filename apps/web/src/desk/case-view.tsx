import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { type CaseDetail, getCase, type User } from "../shared/api.ts";
import { Wrong } from "../shared/field.tsx";
import { Check, Clock, Globe, Phone } from "../shared/icons.tsx";
import type { DeskKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { ApiError, errorText } from "../shared/request.ts";
import { BreakGlass } from "./break-glass.tsx";
import { CallPanel } from "./call-panel.tsx";
import { CaseHolder } from "./case-holder.tsx";
import { CloseDialog } from "./close-dialog.tsx";
import type { Closing } from "./closing.tsx";
import { Prescriptions } from "./prescriptions.tsx";
import { Said } from "./said.tsx";
import { usePrescriptions } from "./use-prescriptions.ts";

interface CaseViewProps {
  readonly id: string;
  /** Changes when the case should be asked for again; what is open on the page, a call above all, stays. */
  readonly version: number;
  /** Changes when the worklist did: what a pharmacist decided is asked for again. */
  readonly listed: number;
  readonly user: User;
  /** Told when the case was given, taken or released. */
  readonly changed: () => void;
  readonly back: () => void;
  readonly close: (closing: Closing) => void;
  /** True while this case is about to be closed and can still be kept open. */
  readonly closing: boolean;
}

export function CaseView({ id, version, listed, user, changed, back, close, closing }: CaseViewProps) {
  const locale = useLocale<DeskKey>();
  const [found, setFound] = useState<CaseDetail>();
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    let current = true;
    const show = (answer: CaseDetail | undefined, problem: unknown) => {
      if (!current) return;
      // Whoever may no longer see it does not; a cut line takes nothing away, the call least of all.
      const refused = problem instanceof ApiError && problem.status >= 400 && problem.status < 500;
      setFound((before) => answer ?? (refused ? undefined : before));
      setError(problem);
    };
    getCase(id).then(
      (answer) => show(answer, undefined),
      (problem: unknown) => show(undefined, problem),
    );
    return () => {
      current = false;
    };
  }, [id, version]);
  return (
    <div class="stack">
      <button type="button" class="button small back" onClick={back}>
        {locale.t("back")}
      </button>
      {error === undefined ? null : (
        <div role="alert">
          <Wrong text={errorText(locale, error)} />
        </div>
      )}
      {error instanceof ApiError && error.status === 403 && user.role === "clinician" ? (
        <div>
          <BreakGlass id={id} opened={changed} />
        </div>
      ) : null}
      {found === undefined ? (
        error === undefined ? (
          <p class="soft">{locale.t("loading")}</p>
        ) : null
      ) : (
        <Record found={found} listed={listed} user={user} changed={changed} close={close} closing={closing} />
      )}
    </div>
  );
}

type RecordProps = { readonly found: CaseDetail } & Pick<CaseViewProps, "listed" | "user" | "changed" | "close" | "closing">;

function Record({ found, listed, user, changed, close, closing }: RecordProps) {
  const locale = useLocale<DeskKey>();
  const dialog = useRef<HTMLDialogElement>(null);
  const prescriptions = usePrescriptions(found.case.id, listed);
  const { patient, intake, consent, resources } = found;
  const { id, caseNumber, status, openedAt } = found.case;
  const words = (text: string) => (
    <p class="words" lang={patient.language} dir="auto">
      {text}
    </p>
  );
  return (
    <>
      <div class="case-head">
        <div class="grow">
          <h2 dir="auto">{patient.name}</h2>
          <p class="soft">
            <bdi dir="ltr">{caseNumber}</bdi> · {locale.date(new Date(openedAt))}
          </p>
        </div>
        <span class={`badge ${status === "open" ? "good" : "quiet"}`}>
          {status === "open" ? <Clock /> : <Check />}
          {locale.t(`cases.${status}`)}
        </span>
      </div>
      <div class="row">
        <span class="badge language">
          <Globe />
          {locale.t("case.speaks", { language: locale.languageName(patient.language) })}
        </span>
        {patient.interpreterNeeded === true ? <span class="badge amber">{locale.t("case.interpreter")}</span> : null}
        {patient.phone === undefined ? null : (
          <a class="button small" href={`tel:${patient.phone.replaceAll(/[^+\d]/g, "")}`}>
            <Phone />
            <span class="sr">{locale.t("case.phone")} </span>
            <bdi dir="ltr">{patient.phone}</bdi>
          </a>
        )}
      </div>
      {status === "open" ? <CallPanel id={id} user={user} /> : null}
      <CaseHolder case={found.case} user={user} changed={changed} />
      {consent.withdrawn ? <p class="note alarm">{locale.t("case.consent.withdrawn")}</p> : null}
      <dl class="facts sheet">
        <Fact name="case.complaint" wide>
          <p class="hint">{locale.t("case.words", { language: locale.languageName(patient.language) })}</p>
          {words(intake.complaint)}
        </Fact>
        <Fact name="case.since">{words(intake.since)}</Fact>
        <Fact name="case.pain">
          <p class="words">{locale.t("case.pain.value", { pain: intake.pain })}</p>
          <meter min={0} low={4} high={7} max={10} optimum={0} value={intake.pain} aria-hidden="true" />
        </Fact>
        <Fact name="case.allergies">{words(intake.allergies)}</Fact>
        <Fact name="case.medicines">{words(intake.medicines)}</Fact>
        {patient.birthYear === undefined ? null : (
          <Fact name="case.patient">
            <p class="words">
              {locale.t("case.born", { year: String(patient.birthYear) })} (
              {locale.t("case.age", { age: new Date().getFullYear() - patient.birthYear })})
            </p>
          </Fact>
        )}
        {isGender(patient.gender) ? (
          <Fact name="case.gender">
            <p class="words">{locale.t(`gender.${patient.gender}`)}</p>
          </Fact>
        ) : null}
        <Fact name="case.consent" wide>
          <p>
            {locale.t("case.consent.given", {
              date: locale.date(new Date(consent.at)),
              language: locale.languageName(consent.language),
              version: consent.version,
            })}
          </p>
        </Fact>
      </dl>
      <Prescriptions of={found} user={user} prescriptions={prescriptions} />
      <Said id={id} />
      <details class="sheet">
        <summary>{locale.t("case.record.hint")}</summary>
        <ul class="resources">
          {Object.entries(resources).map(([type, resource]) => (
            <li key={type}>
              <code>
                {type}: {resource}
              </code>
            </li>
          ))}
        </ul>
      </details>
      {status === "open" ? (
        <div>
          {prescriptions.open ? <p class="hint">{locale.t("rx.close")}</p> : null}
          <button
            type="button"
            class="button"
            disabled={closing || prescriptions.open}
            onClick={() => dialog.current?.showModal()}
          >
            {locale.t("case.close")}
          </button>
          <CloseDialog
            dialog={dialog}
            caseNumber={caseNumber}
            done={(outcome, note) => close({ id, caseNumber, outcome, note })}
          />
        </div>
      ) : null}
    </>
  );
}

function Fact({
  name,
  wide,
  children,
}: {
  readonly name: DeskKey;
  readonly wide?: boolean;
  readonly children: ComponentChildren;
}) {
  const locale = useLocale<DeskKey>();
  return (
    <div class={wide === true ? "wide" : undefined}>
      <dt>{locale.t(name)}</dt>
      <dd>{children}</dd>
    </div>
  );
}

function isGender(gender: string | undefined): gender is "female" | "male" | "other" | "unknown" {
  return gender === "female" || gender === "male" || gender === "other" || gender === "unknown";
}
