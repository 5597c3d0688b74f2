import { useEffect, useState } from "preact/hooks";
import type { Grant } from "../shared/call/api.ts";
import { Meeting } from "../shared/call/meeting.tsx";
import { Wrong } from "../shared/field.tsx";
import { Clock, Microphone } from "../shared/icons.tsx";
import type { CareKey } from "../shared/keys.ts";
import { useLanguage, useLocale } from "../shared/locale.tsx";
import { ApiError, errorText } from "../shared/request.ts";
import { useEvents } from "../shared/use-events.ts";
import { callEvents, joinCall, type OwnCall, sayJoined, sayLeft, waitForCall } from "./call-api.ts";
import { Captions } from "./captions.tsx";
import { Listen } from "./listen.tsx";
import { askForMedia, isSlow } from "./media.ts";
import { NewCode } from "./new-code.tsx";

export interface CallProps {
  /** The code that opens the next time, where one was just spent. */
  readonly nextCode: string | undefined;
  readonly back: () => void;
  /** The session is over: number and code are asked for again. */
  readonly signedOut: () => void;
}

/** From the waiting room into the call, and back into it after a cut. */
export function Call(props: CallProps) {
  const locale = useLocale<CareKey>();
  const [first, setFirst] = useState<{ readonly call?: OwnCall; readonly error?: unknown }>({});
  useEffect(
    () =>
      void waitForCall().then(
        (call) => setFirst({ call }),
        (error: unknown) => (error instanceof ApiError && error.status === 401 ? props.signedOut() : setFirst({ error })),
      ),
    [],
  );
  const [inRoom, setInRoom] = useState(false);
  return (
    <div class="stack">
      {/* In the call the small screen belongs to the doctor and to what is said. */}
      <div class={inRoom ? "sr" : "question-head"}>
        <h1 tabIndex={-1}>{locale.t("call.open")}</h1>
        {inRoom ? null : <Listen />}
      </div>
      {props.nextCode === undefined || inRoom ? null : <NewCode code={props.nextCode} />}
      {first.error === undefined ? null : (
        <div role="alert">
          <Wrong text={errorText(locale, first.error)} />
        </div>
      )}
      {first.call === undefined ? null : <Waiting first={first.call} inRoom={setInRoom} />}
      <div class="ways no-print">
        <button type="button" class="button" onClick={props.back}>
          {locale.t("back")}
        </button>
      </div>
    </div>
  );
}

function Waiting({ first, inRoom }: { readonly first: OwnCall; readonly inRoom: (is: boolean) => void }) {
  const locale = useLocale<CareKey>();
  const [call, setCall] = useState(first);
  useEvents<OwnCall>(callEvents, setCall);
  const [grant, setGrant] = useState<Grant>();
  const [soundOnly, setSoundOnly] = useState(isSlow);
  const [said, setSaid] = useState<CareKey>();
  const [error, setError] = useState<unknown>();
  const [was, setWas] = useState(false);
  // The doctor has ended it: the room is gone, whatever its frame still shows.
  useEffect(() => {
    if (call.state !== "ready") setGrant(undefined);
  }, [call.state]);
  useEffect(() => inRoom(grant !== undefined), [grant]);

  async function join(): Promise<void> {
    setError(undefined);
    setSaid(undefined);
    try {
      const media = await askForMedia(soundOnly);
      if (media === "refused") return setSaid("call.refused");
      if (media === "no-camera") setSaid("call.no-camera");
      setGrant(await joinCall());
      setWas(true);
    } catch (problem) {
      setError(problem);
    }
  }
  if (call.state === "ready" && grant !== undefined) {
    return (
      <Room
        grant={grant}
        soundOnly={soundOnly}
        captions={call.captions}
        said={said}
        over={(how) => {
          setGrant(undefined);
          setSaid(how === "cut" ? "call.cut" : undefined);
        }}
        failed={(problem) => {
          setGrant(undefined);
          setError(problem);
        }}
      />
    );
  }
  return (
    <section class="sheet stack waiting-room">
      <p class="row" role="status">
        {call.state === "ready" ? <Microphone /> : <Clock />}
        <strong class="grow">
          {call.state === "closed"
            ? locale.t("status.closed")
            : call.state === "ready"
              ? locale.t("call.ready")
              : was
                ? `${locale.t("call.ended")} ${locale.t("call.wait")}`
                : locale.t("call.wait")}
        </strong>
      </p>
      {call.state === "closed" ? null : (
        <>
          <p>{locale.t("call.allow")}</p>
          <label class="choice">
            <input type="checkbox" checked={soundOnly} onChange={(event) => setSoundOnly(event.currentTarget.checked)} />
            <span>{locale.t("call.sound")}</span>
          </label>
        </>
      )}
      <div role="alert">
        {said === undefined ? null : <Wrong text={locale.t(said)} />}
        {error === undefined ? null : <Wrong text={errorText(locale, error)} />}
      </div>
      {call.state === "ready" ? (
        <button type="button" class="button main" onClick={() => void join()}>
          {locale.t("call.join")}
        </button>
      ) : null}
    </section>
  );
}

interface RoomProps {
  readonly grant: Grant;
  readonly soundOnly: boolean;
  readonly captions: boolean;
  readonly said: CareKey | undefined;
  readonly over: (how: "left" | "cut") => void;
  readonly failed: (error: unknown) => void;
}

function Room({ grant, soundOnly, captions, said, over, failed }: RoomProps) {
  const locale = useLocale<CareKey>();
  const { tag: language } = useLanguage();
  const [participant, setParticipant] = useState<string>();
  return (
    <div class="in-call">
      <p role="status" class={said === undefined ? "sr" : "note amber"}>
        {said === undefined ? "" : locale.t(said)}
      </p>
      <Meeting
        grant={grant}
        label={locale.t("call.open")}
        soundOnly={soundOnly}
        small
        joined={(id) => {
          setParticipant(id);
          // Without it there are no captions, and the call goes on.
          sayJoined({ participant: id, language }).catch(() => setParticipant(undefined));
        }}
        left={(id) => {
          setParticipant(undefined);
          // The station sees the page go as well.
          sayLeft(id).catch(() => setParticipant(undefined));
        }}
        over={over}
        failed={failed}
      />
      {captions && participant !== undefined ? <Captions participant={participant} language={language} /> : null}
    </div>
  );
}
