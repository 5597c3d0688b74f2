import type { CaptionEvent } from "@yizhan/meet";
import { useMemo, useReducer, useState } from "preact/hooks";
import { Down } from "../shared/icons.tsx";
import type { BoothKey } from "../shared/keys.ts";
import { LinkState } from "../shared/link-state.tsx";
import { useLocale } from "../shared/locale.tsx";
import { useEvents } from "../shared/use-events.ts";
import { Health } from "./health.tsx";
import { JoinCall } from "./join-call.tsx";
import { Keep } from "./keep.tsx";
import { SpokenLine } from "./line.tsx";
import { Strip } from "./pins.tsx";
import { emptyTranscript, heard, strip } from "./transcript.ts";
import { Tools, type View, wholeView } from "./tools.tsx";
import { useFollow } from "./use-follow.ts";

/** One conversation, live: who said what, what it means, and what must not be lost. */
export function Session({ id, leave }: { readonly id: string; readonly leave: () => void }) {
  const locale = useLocale<BoothKey>();
  const [transcript, take] = useReducer(heard, emptyTranscript);
  const link = useEvents<CaptionEvent>(`/api/sessions/${encodeURIComponent(id)}/events`, take);
  const [view, setView] = useState<View>(wholeView);
  const voices = useMemo(() => new Map<string, number>(), []);
  const pins = useMemo(() => strip(transcript), [transcript]);
  const { box, away, follow, show } = useFollow(transcript.spoken.length, transcript);
  const languages = [...new Set(transcript.spoken.map((one) => one.line.language))];
  const targets = [...new Set(transcript.spoken.flatMap((one) => Object.keys(one.translations)))];
  const lines = transcript.spoken.filter((one) => view.heard === "" || one.line.language === view.heard);

  function voice(participant: string): number {
    const known = voices.get(participant) ?? (voices.size % 6) + 1;
    voices.set(participant, known);
    return known;
  }
  return (
    <main id="main" class="booth">
      <h1 class="sr">{locale.t("session.title", { id })}</h1>
      <div class="bar">
        <button type="button" class="button small" onClick={leave}>
          {locale.t("session.leave")}
        </button>
        {transcript.ended ? <span class="badge quiet">{locale.t("session.ended")}</span> : <LinkState link={link} />}
        <Health transcript={transcript} />
        <Keep id={id} languages={languages} />
        <Tools view={view} change={setView} languages={languages} targets={targets} />
      </div>
      <JoinCall id={id} ended={transcript.ended} />
      <Strip pins={pins} show={show} />
      <div class="captions">
        <section class="scroll" ref={box} tabIndex={0} aria-label={locale.t("captions")}>
          {lines.length === 0 ? <p class="soft empty">{locale.t("session.waiting")}</p> : null}
          <ol class="lines">
            {lines.map((spoken) => (
              <SpokenLine
                key={spoken.line.segmentId}
                session={id}
                spoken={spoken}
                voice={voice(spoken.line.participant.id)}
                shows={(to) => view.translation === "" || view.translation === to}
              />
            ))}
          </ol>
        </section>
        {away === undefined ? null : (
          <button type="button" class="button main follow" onClick={follow}>
            <Down />
            {locale.t("follow", { count: away })}
          </button>
        )}
      </div>
    </main>
  );
}
