import { useState } from "preact/hooks";
import type { CaseDetail, User } from "../shared/api.ts";
import { AskDialog } from "../shared/ask-dialog.tsx";
import { Wrong } from "../shared/field.tsx";
import type { DeskKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { errorText } from "../shared/request.ts";
import { Prescribe } from "./prescribe.tsx";
import { PrescriptionState, PrescriptionText } from "./prescription.tsx";
import { type Prescription, withdrawPrescription } from "./prescription-api.ts";
import type { usePrescriptions } from "./use-prescriptions.ts";

interface PrescriptionsProps {
  readonly of: CaseDetail;
  readonly user: User;
  readonly prescriptions: ReturnType<typeof usePrescriptions>;
}

/** What the case's patient was prescribed; whose case it is writes and withdraws. */
export function Prescriptions({ of, user, prescriptions: { found, error, again } }: PrescriptionsProps) {
  const locale = useLocale<DeskKey>();
  const [failed, setFailed] = useState<unknown>();
  const [told, setTold] = useState("");
  const { id, status, assignment } = of.case;
  const mine = user.role === "clinician" && assignment === "mine" && status === "open";
  const wrong = failed ?? error;

  async function withdraw(one: Prescription): Promise<boolean> {
    setFailed(undefined);
    setTold("");
    await withdrawPrescription(id, one.id).catch(setFailed);
    await again();
    return true;
  }
  if (!mine && found?.length === 0) return null;
  return (
    <section class="sheet stack" aria-label={locale.t("rx.title")}>
      <h3>{locale.t("rx.title")}</h3>
      <div role="alert">{wrong === undefined ? null : <Wrong text={errorText(locale, wrong)} />}</div>
      <div role="status">
        {told === "" || !found?.some(({ state }) => state === "waiting") ? null : <p class="note good">{told}</p>}
      </div>
      <ul class="stack">
        {found?.map((one) => (
          <li key={one.id} class={one.state === "returned" ? "note alarm" : "stack tight"}>
            <div class="stack tight grow">
              <PrescriptionText one={one} />
              <div class="row">
                <PrescriptionState state={one.state} />
                {one.review?.by === undefined ? null : <bdi class="soft">{one.review.by.name}</bdi>}
              </div>
              {one.review === undefined || one.review.reason === "" ? null : (
                <p class="words" dir="auto">
                  {one.review.reason}
                </p>
              )}
              {mine && one.state !== "ended" ? (
                <div>
                  <AskDialog
                    open={locale.t("rx.withdraw")}
                    title={locale.t("rx.withdraw.ask", { medicine: one.medicine })}
                    confirm={locale.t("rx.withdraw")}
                    done={() => withdraw(one)}
                  />
                </div>
              ) : null}
            </div>
          </li>
        ))}
      </ul>
      {mine ? (
        <div>
          <Prescribe
            caseId={id}
            said={{ language: of.patient.language, ...of.intake }}
            sent={() => void again().then(() => setTold(locale.t("rx.sent")))}
          />
        </div>
      ) : null}
    </section>
  );
}
