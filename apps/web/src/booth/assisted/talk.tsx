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
  readonly languages: readonly [ours: string, theirs: string];
  readonly leave: () => void;
}
const people = ["ours", "theirs"] as const;

/** One speaks, the other reads it and hears it. A half for each, the button in the middle of it. */
export function Talk({ session, microphone, voices, languages, leave }: TalkProps) {
  const locale = useLocale<BoothKey>();
  const [transcript, take] = useReducer(heard, emptyTranscript);
  const [speaking, setSpeaking] = useState<number>();
  const [aloud, setAloud] = useState(true);
  const [wrong, setWrong] = useState("");
  const said = useRef(new Set<string>());
  const link = useEvents<CaptionEvent>(`/api/sessions/${encodeURIComponent(session)}/events`, (event) => {
    take(event);
    if (event.type === "translation" && aloud) read(event);
  });
  useEffect(() => hush, []);

  /** Once each, never a line that was flagged: people look at those together. */
  function read({ segmentId, to, text, flags }: Translation): void {
    const name = `${segmentId}/${to}`;
    if (said.current.has(name) || flags.length > 0 || text === "") return;
    said.current.add(name);
    // What is read aloud must not be heard as somebody's words.
    microphone.pause();
    setSpeaking(undefined);
    sayAloud(text, to).catch((error: unknown) => setWrong(errorText(locale, error)));
  }
  function toggle(person: number): void {
    hush();
    setWrong("");
    if (speaking === person) {
      microphone.pause();
      return setSpeaking(undefined);
    }
    setSpeaking(person);
    microphone.listen(people[person] ?? "", languages[person] ?? "").catch((error: unknown) => {
      setSpeaking(undefined);
      setWrong(errorText(locale, error));
    });
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
                  onClick={() => void sayAloud(translation.text, translation.to)}
                >
                  <Speaker />
                </button>
              ))}
          </li>
        ))}
      </ol>
      <div class="microphones">
        {people.map((person, at) => (
          <button
            key={person}
            type="button"
            class={`button microphone ${speaking === at ? "on" : ""}`}
            data-person={person}
            aria-pressed={speaking === at}
            onClick={() => toggle(at)}
          >
            {speaking === at ? <Stop /> : <MicrophoneIcon />}
            <span lang={languages[at]} dir="auto">
              {ownName(languages[at] ?? "")}
            </span>
            <span class="soft">{speaking === at ? locale.t("assisted.listening") : locale.t("assisted.speak")}</span>
          </button>
        ))}
      </div>
    </main>
  );
}

/** A language by its own name, for a reader who reads no other. */
function ownName(tag: string): string {
  return new Intl.DisplayNames([tag], { type: "language" }).of(tag) ?? tag;
}
