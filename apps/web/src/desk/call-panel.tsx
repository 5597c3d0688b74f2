import { useState } from "preact/hooks";
import type { User } from "../shared/api.ts";
import { AskDialog } from "../shared/ask-dialog.tsx";
import { type CaseCall, caseCallPath, endCall, startCall } from "../shared/call/api.ts";
import { StaffMeeting } from "../shared/call/staff-meeting.tsx";
import { Clock, Phone } from "../shared/icons.tsx";
import type { DeskKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { useEvents } from "../shared/use-events.ts";

/** Those who may call a patient; others see how it stands. */
const callers: readonly string[] = ["clinician", "coordinator"];

/** The case's call: whether the patient waits, the room, and its end. */
export function CallPanel({ id, user }: { readonly id: string; readonly user: User }) {
  const locale = useLocale<DeskKey>();
  const [call, setCall] = useState<CaseCall>();
  useEvents<CaseCall>(`${caseCallPath(id)}/events`, setCall);
  if (call === undefined) return null;
  if (!call.available) return <p class="hint">{locale.t("call.none")}</p>;
  const roles = [...new Set(call.people.map(({ role }) => (role === "patient" ? "case.patient" : `role.${role}`)))];
  return (
    <section class="sheet stack" aria-label={locale.t("call.title")}>
      <p class="row" role="status">
        {call.patient === "away" ? <Clock /> : <Phone />}
        <strong class="grow">{locale.t(`call.${call.patient}`)}</strong>
        {roles.length === 0 ? null : (
          <span class="soft">
            {locale.t("call.people", { people: locale.list(roles.map((role) => locale.t(role as DeskKey))) })}
          </span>
        )}
      </p>
      {call.patient === "away" ? <p class="hint">{locale.t("call.away.hint")}</p> : null}
      {callers.includes(user.role) ? (
        <>
          <StaffMeeting
            open={call.call !== undefined}
            join={locale.t(call.call === undefined ? "call.start" : "call.join")}
            ask={() => startCall(id)}
          />
          {call.call === undefined ? null : (
            <div>
              <AskDialog
                open={locale.t("call.end")}
                title={locale.t("call.end.ask")}
                confirm={locale.t("call.end")}
                done={() =>
                  endCall(id).then(
                    () => true,
                    () => false,
                  )
                }
              />
            </div>
          )}
        </>
      ) : null}
    </section>
  );
}
