import { useEffect, useState } from "preact/hooks";
import { getTranscript, type TranscriptLine } from "../shared/api.ts";
import { Wrong } from "../shared/field.tsx";
import type { DeskKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { errorText } from "../shared/request.ts";

/** What was said in the case's visits, as far as it is kept; asked for when it is opened, for each look is in the audit log. */
export function Said({ id }: { readonly id: string }) {
  const locale = useLocale<DeskKey>();
  const [open, setOpen] = useState(false);
  return (
    <details class="sheet" onToggle={(event) => setOpen(event.currentTarget.open)}>
      <summary>{locale.t("said.title")}</summary>
      {open ? <Lines id={id} /> : null}
    </details>
  );
}

function Lines({ id }: { readonly id: string }) {
  const locale = useLocale<DeskKey>();
  const [lines, setLines] = useState<readonly TranscriptLine[]>();
  const [error, setError] = useState<unknown>();
  useEffect(() => void getTranscript(id).then((answer) => setLines(answer.lines), setError), [id]);
  if (error !== undefined)
    return (
      <div role="alert">
        <Wrong text={errorText(locale, error)} />
      </div>
    );
  if (lines === undefined) return <p class="soft">{locale.t("loading")}</p>;
  if (lines.length === 0) return <p class="soft">{locale.t("said.none")}</p>;
  return (
    <ol class="stack said">
      {lines.map((line) => (
        <li key={`${line.at} ${line.speaker} ${line.text}`}>
          <p class="soft">
            <strong>
              <bdi>{line.speaker === "patient" ? locale.t("case.patient") : line.speaker}</bdi>
            </strong>{" "}
            · {locale.languageName(line.language)} · {locale.date(new Date(line.at), { dateStyle: "short", timeStyle: "medium" })}
          </p>
          <p lang={line.language} dir="auto">
            {line.text}
          </p>
          {line.heard === undefined ? null : (
            <p class="soft">
              <bdi>{locale.t("said.by", { name: line.correctedBy ?? "" })}</bdi> ·{" "}
              <bdi>{locale.t("said.heard", { text: line.heard })}</bdi>
            </p>
          )}
          {line.translations.map(({ language, text }) => (
            <div key={language} class="machine">
              <span class="soft">{locale.t("said.machine", { language: locale.languageName(language) })}</span>
              <p lang={language} dir="auto">
                {text}
              </p>
            </div>
          ))}
        </li>
      ))}
    </ol>
  );
}
