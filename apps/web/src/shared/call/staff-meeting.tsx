import { useEffect, useState } from "preact/hooks";
import { Wrong } from "../field.tsx";
import type { StaffKey } from "../keys.ts";
import { useLanguage, useLocale } from "../locale.tsx";
import { errorText } from "../request.ts";
import { type Grant, sayJoined, sayLeft } from "./api.ts";
import { Meeting } from "./meeting.tsx";

interface StaffMeetingProps {
  /** On the button that leads into the room. */
  readonly join: string;
  /** False where no call goes on: one that was ended leaves the page with its room. */
  readonly open: boolean;
  /** Asks the station for a token: anew each time they come back. */
  readonly ask: () => Promise<Grant>;
}

/** The way into a call for staff: a button, the room in the page, and the way back after a cut. */
export function StaffMeeting({ join, open, ask }: StaffMeetingProps) {
  const locale = useLocale<StaffKey>();
  const { tag: language } = useLanguage();
  const [grant, setGrant] = useState<Grant>();
  const [cut, setCut] = useState(false);
  const [error, setError] = useState<unknown>();
  useEffect(() => {
    if (!open) setGrant(undefined);
  }, [open]);
  const enter = () => {
    setError(undefined);
    setCut(false);
    ask().then(setGrant, setError);
  };
  return (
    <>
      <div role="alert">
        {cut ? <Wrong text={locale.t("call.cut")} /> : null}
        {error === undefined ? null : <Wrong text={errorText(locale, error)} />}
      </div>
      {grant === undefined ? (
        <button type="button" class="button main" onClick={enter}>
          {join}
        </button>
      ) : (
        <Meeting
          grant={grant}
          label={locale.t("call.title")}
          joined={(participant) => void sayJoined(grant.room, { participant, language }).catch(setError)}
          // Where the call has ended meanwhile nobody asks any more.
          left={(participant) => void sayLeft(grant.room, participant).catch(() => undefined)}
          over={(how) => {
            setGrant(undefined);
            setCut(how === "cut");
          }}
          failed={(problem) => {
            setGrant(undefined);
            setError(problem);
          }}
        />
      )}
    </>
  );
}
