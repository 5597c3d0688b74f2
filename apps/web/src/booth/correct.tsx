import type { Line } from "@yizhan/meet";
import { useState } from "preact/hooks";
import { correctLine } from "../shared/api.ts";
import { AskDialog } from "../shared/ask-dialog.tsx";
import { Wrong } from "../shared/field.tsx";
import type { BoothKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { errorText } from "../shared/request.ts";
import { TextField } from "../shared/text-field.tsx";
import { PinnedText } from "./pins.tsx";
import { useWork } from "./use-work.ts";

/** The button by which one who listened says what was said. */
export function Correct({ session, line }: { readonly session: string; readonly line: Line }) {
  const locale = useLocale<BoothKey>();
  const { error, act } = useWork();
  const [text, setText] = useState<string>();
  const said = text ?? line.corrected?.text ?? line.text;
  const save = async () => said.trim() !== "" && (await act(() => correctLine(session, line.segmentId, said)));
  return (
    <AskDialog open={locale.t("correct.open")} title={locale.t("correct.title")} confirm={locale.t("correct.save")} done={save}>
      <div role="alert">{error === undefined ? null : <Wrong text={errorText(locale, error)} />}</div>
      <TextField label={locale.languageName(line.language)} hint={locale.t("correct.hint")} value={said} change={setText} lines />
    </AskDialog>
  );
}

/** What was said by whoever corrected it, and below it what the machine had heard. */
export function CorrectedText({ line, corrected }: { readonly line: Line; readonly corrected: NonNullable<Line["corrected"]> }) {
  const locale = useLocale<BoothKey>();
  return (
    <>
      <p class="heard" lang={line.language} dir="auto">
        <PinnedText text={corrected.text} pins={corrected.pins} />
      </p>
      <p class="soft corrected">
        <bdi>{locale.t("correct.by", { name: corrected.by })}</bdi> · <bdi>{locale.t("correct.heard", { text: line.text })}</bdi>
      </p>
    </>
  );
}
