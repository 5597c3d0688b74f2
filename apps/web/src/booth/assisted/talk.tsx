import type { CaptionEvent, Translation } from "@yizhan/meet";
import { useEffect, useReducer, useRef, useState } from "preact/hooks";
import { Microphone as MicrophoneIcon, Speaker, Stop } from "../../shared/icons.tsx";
import type { BoothKey } from "../../shared/keys.ts";
import { LinkState } from "../../shared/link-state.tsx";
import { useLocale } from "../../shared/locale.tsx";
import { errorText } from "../../shared/request.ts";
import { useEvents } from "../../shared/use-events.ts";
import { Keep } from "../keep.tsx";
import { SpokenLine } from "../line.tsx";
import { emptyTranscript, heard } from "../transcript.ts";
import { hasVoice, hush, sayAloud } from "./aloud.ts";
import type { Microphone } from "./microphone.ts";

interface TalkProps {
  readonly session: string;
  readonly microphone: Microphone;
  readonly voices: readonly string[];
  readonly together: boolean;
  readonly languages: readonly [ours: string, theirs: string];
  readonly leave: () => void;
}
const people = ["ours", "theirs"] as const;
/** Whose turn it is: one of the people, or whoever speaks. */
type Turn = 0 | 1 | "both";

/** One speaks, the other reads it and hears it. A half for each, the button in the middle of it. */
export function Talk({ session, microphone, voices, together, languages, leave }: TalkProps) {
  const locale = useLocale<BoothKey>();
  const [transcript, take] = useReducer(heard, emptyTranscript);
  const [speaking, setSpeaking] = useState<Turn>();
  const [aloud, setAloud] = useState(true);
  const [wrong, setWrong] = useState("");
  const said = useRef(new Set<string>());
  // As it is now, for what ends later.
  const turn = useRef<Turn | "left" | undefined>(undefined);
  const link = useEvents<CaptionEvent>(`/api/sessions/${encodeURIComponent(session)}/events`, (event) => {
    take(event);
    if (event.type === "translation" && aloud) read(event);
  });
  useEffect(
    () => () => {
      turn.current = "left";
      hush();
    },
    [],
  );

  /** Once each, never a line that was flagged: people look at those together. */
  function read({ segmentId, to, text, flags }: Translation): void {
    const name = `${segmentId}/${to}`;
    if (said.current.has(name) || flags.length > 0 || text === "") return;
    said.current.add(name);
    // What is read aloud must not be heard as somebody's words.
    microphone.pause();
    setSpeaking(undefined);
    const wasBoth = turn.current === "both";
    turn.current = undefined;
    void aloudOrTold(text, to).then(
      // Whoever let both speak goes on so, unless a button was pressed meanwhile.
      () => (wasBoth && turn.current === undefined ? listen("both") : undefined),
    );
  }
  /** A line that somebody waits to hear and that cannot be read is told of: it must be shown. */
  async function aloudOrTold(text: string, to: string): Promise<void> {
    try {
      const read = await sayAloud(text, to);
      setWrong(read || !hasVoice(voices, to) ? "" : locale.t("assisted.not-read"));
    } catch (error) {
      setWrong(errorText(locale, error));
    }
  }
  function listen(next: Turn): void {
    turn.current = next;
    setSpeaking(next);
    const asked = next === "both" ? microphone.listenToAll(people) : microphone.listen(people[next], languages[next]);
    asked.catch((error: unknown) => {
      turn.current = undefined;
      setSpeaking(undefined);
      setWrong(errorText(locale, error));
    });
  }
  function toggle(next: Turn): void {
    hush();
    setWrong("");
    if (speaking !== next) return listen(next);
    turn.current = undefined;
    microphone.pause();
    setSpeaking(undefined);
  }
  return (
    <main id="main" class="assisted">
      <h1 class="sr">{locale.t("assisted.title")}</h1>
      <div class="bar">
        <button type="button" class="button small" onClick={leave}>
          {locale.t("assisted.end")}
        </button>
        <LinkState link={link} />
        <label class="row tight">
          <input type="checkbox" checked={aloud} onChange={(event) => setAloud(event.currentTarget.checked)} />
          {locale.t("assisted.aloud")}
        </label>
        <Keep id={session} languages={languages.toReversed()} />
        <span role="status">{wrong}</span>
      </div>
      <ol class="lines assisted-lines" aria-live="polite" aria-label={locale.t("captions")}>
        {transcript.spoken.toReversed().map((spoken) => (
          <li key={spoken.line.segmentId} class="pair" data-person={spoken.line.participant.id}>
            <ol>
              <SpokenLine
                session={session}
                spoken={{ ...spoken, line: { ...spoken.line, participant: { ...spoken.line.participant, name: "" } } }}
                voice={spoken.line.participant.id === "ours" ? 1 : 2}
                shows={(to) => languages.includes(to)}
              />
            </ol>
            {Object.values(spoken.translations)
              .filter(({ to, text }) => text !== "" && hasVoice(voices, to))
              .map((translation) => (
                <button
                  key={translation.to}
                  type="button"
                  class="button small"
                  aria-label={locale.t("assisted.again")}
                  title={locale.t("assisted.again")}
                  onClick={() => void aloudOrTold(translation.text, translation.to)}
                >
                  <Speaker />
                </button>
              ))}
          </li>
        ))}
      </ol>
      <div class="microphones">
        {([0, 1] as const).map((at) => (
          <button
            key={people[at]}
            type="button"
            class={`button microphone ${speaking === at ? "on" : ""}`}
            data-person={people[at]}
            aria-pressed={speaking === at}
            onClick={() => toggle(at)}
          >
            {speaking === at ? <Stop /> : <MicrophoneIcon />}
            <span lang={languages[at]} dir="auto">
              {ownName(languages[at])}
            </span>
            <span class="soft">{speaking === at ? locale.t("assisted.listening") : locale.t("assisted.speak")}</span>
          </button>
        ))}
        {together ? (
          <button
            type="button"
            class={`button microphone both ${speaking === "both" ? "on" : ""}`}
            aria-pressed={speaking === "both"}
            onClick={() => toggle("both")}
          >
            {speaking === "both" ? <Stop /> : <MicrophoneIcon />}
            <span>{locale.t("assisted.both")}</span>
            <span class="soft">{locale.t(speaking === "both" ? "assisted.both-listening" : "assisted.both-hint")}</span>
          </button>
        ) : null}
      </div>
    </main>
  );
}

/** A language by its own name, for a reader who reads no other. */
function ownName(tag: string): string {
  return new Intl.DisplayNames([tag], { type: "language" }).of(tag) ?? tag;
}
