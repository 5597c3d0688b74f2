import { useId, useRef } from "preact/hooks";
import type { CareKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";

interface AskTwiceProps {
  /** What the button does, on itself and once more in the question. */
  readonly what: string;
  readonly question: string;
  readonly done: () => void;
  readonly plain?: boolean;
}

/** A button that asks once more, in the page's own words. */
export function AskTwice({ what, question, done, plain = false }: AskTwiceProps) {
  const locale = useLocale<CareKey>();
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  return (
    <>
      <button type="button" class={plain ? "button plain" : "button small"} onClick={() => dialog.current?.showModal()}>
        {what}
      </button>
      <dialog ref={dialog} aria-labelledby={id}>
        <div class="stack">
          <h2 id={id}>{question}</h2>
          <div class="row">
            <button
              type="button"
              class="button main"
              onClick={() => {
                dialog.current?.close();
                done();
              }}
            >
              {what}
            </button>
            <button type="button" class="button" onClick={() => dialog.current?.close()}>
              {locale.t("cancel")}
            </button>
          </div>
        </div>
      </dialog>
    </>
  );
}
