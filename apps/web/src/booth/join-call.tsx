import { useEffect, useState } from "preact/hooks";
import { enterCall, isCall } from "../shared/call/api.ts";
import { StaffMeeting } from "../shared/call/staff-meeting.tsx";
import type { BoothKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";

/** The way into the call that the captions are of; nothing where the conversation is none. */
export function JoinCall({ id, ended }: { readonly id: string; readonly ended: boolean }) {
  const locale = useLocale<BoothKey>();
  const [open, setOpen] = useState(false);
  useEffect(
    () =>
      void isCall(id).then(
        (answer) => setOpen(answer.open),
        () => setOpen(false),
      ),
    [id],
  );
  if (!open) return null;
  return (
    <section class="booth-call" aria-label={locale.t("call.title")}>
      <StaffMeeting open={!ended} join={locale.t("call.join")} ask={() => enterCall(id)} />
    </section>
  );
}
