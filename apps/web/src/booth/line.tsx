import type { Flag, Translation } from "@yizhan/meet";
import { Warning } from "../shared/icons.tsx";
import type { BoothKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { Correct, CorrectedText } from "./correct.tsx";
import { PinnedText } from "./pins.tsx";
import type { Spoken } from "./transcript.ts";
import { nameOf } from "./people.ts";

interface LineProps {
  /** Whose line it is, where lines can be corrected. */
  readonly session?: string;
  readonly spoken: Spoken;
  /** 1, 2 …: the speaker's colour, beside the name. */
  readonly voice: number;
  /** Whether translations into this language are shown. */
  readonly shows: (to: string) => boolean;
}

export function SpokenLine({ session, spoken, voice, shows }: LineProps) {
  const locale = useLocale<BoothKey>();
  const { line, translations } = spoken;
  return (
    <li class="line" id={`segment-${line.segmentId}`} data-voice={voice} data-final={line.final} tabIndex={-1}>
      <p class="line-head">
        <strong>
          <bdi>{nameOf(locale, line.participant.name ?? line.participant.tag)}</bdi>
        </strong>
        <span class="soft">
          {locale.languageName(line.language)} · {locale.date(line.startedAt, { timeStyle: "medium" })}
        </span>
        {line.final ? null : <span class="soft">{locale.t("interim")}…</span>}
        {line.final && session !== undefined ? <Correct session={session} line={line} /> : null}
      </p>
      {line.corrected === undefined ? (
        <p class="heard" lang={line.language} dir="auto">
          <PinnedText text={line.text} pins={line.pins} committed={line.final ? line.text.length : line.committed} />
        </p>
      ) : (
        <CorrectedText line={line} corrected={line.corrected} />
      )}
      {Object.values(translations)
        .filter((translation) => shows(translation.to))
        .map((translation) => (
          <TranslatedText key={translation.to} translation={translation} />
        ))}
    </li>
  );
}

function TranslatedText({ translation }: { readonly translation: Translation }) {
  const locale = useLocale<BoothKey>();
  return (
    <div class="translated" data-flagged={translation.flags.length > 0}>
      <span class="soft to">{locale.languageName(translation.to)}</span>
      {translation.text === "" ? null : (
        <p lang={translation.to} dir="auto">
          <PinnedText text={translation.text} pins={translation.pins} />
        </p>
      )}
      {translation.flags.length === 0 ? null : (
        <ul class="flags" aria-label={locale.t("flag.title")}>
          {translation.flags.map((flag, index) => (
            <FlagNote key={`${flag.code}-${index}`} flag={flag} />
          ))}
        </ul>
      )}
    </div>
  );
}

/** The reason in words, and the two places side by side. */
function FlagNote({ flag }: { readonly flag: Flag }) {
  const locale = useLocale<BoothKey>();
  return (
    <li>
      <Warning />
      <span>
        {locale.t(`flag.${flag.code}`)}
        {flag.source === undefined && flag.target === undefined ? null : (
          <>
            : <bdi>{flag.source ?? "—"}</bdi> <span aria-hidden="true">{locale.direction === "rtl" ? "←" : "→"}</span>{" "}
            <bdi>{flag.target ?? "—"}</bdi>
          </>
        )}
      </span>
    </li>
  );
}
