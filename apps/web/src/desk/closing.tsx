import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import { closeCase, type Outcome } from "../shared/api.ts";
import { Wrong } from "../shared/field.tsx";
import type { DeskKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { errorText } from "../shared/request.ts";

export interface Closing {
  readonly id: string;
  readonly caseNumber: string;
  readonly outcome: Outcome;
  readonly note: string;
}

type Told = { readonly key: "close.done" | "close.undone"; readonly number: string };

/** How long a closing can still be taken back, milliseconds. Nothing is sent before. */
const grace = 8_000;

/** Closing waits a moment and can be taken back; leaving the page sends it at once. */
export function useClosing(changed: () => void) {
  const [pending, setPending] = useState<Closing>();
  const [told, setTold] = useState<Told>();
  const [error, setError] = useState<unknown>();
  const waiting = useRef<{ closing: Closing; timer: ReturnType<typeof setTimeout> } | undefined>(undefined);

  const send = useCallback(
    async (leaving = false) => {
      const current = waiting.current;
      if (current === undefined) return;
      clearTimeout(current.timer);
      waiting.current = undefined;
      const { id, caseNumber, outcome, note } = current.closing;
      try {
        await closeCase(id, { outcome, ...(note === "" ? {} : { note }) }, leaving);
        setTold({ key: "close.done", number: caseNumber });
        changed();
      } catch (problem) {
        setError(problem);
      }
      setPending((now) => (now?.id === id ? undefined : now));
    },
    [changed],
  );
  useEffect(() => {
    const leave = () => void send(true);
    window.addEventListener("pagehide", leave);
    return () => {
      window.removeEventListener("pagehide", leave);
      void send(true);
    };
  }, [send]);

  return {
    pending,
    told,
    error,
    start(closing: Closing) {
      void send();
      setError(undefined);
      setTold(undefined);
      setPending(closing);
      waiting.current = { closing, timer: setTimeout(send, grace) };
    },
    undo() {
      if (waiting.current === undefined) return;
      clearTimeout(waiting.current.timer);
      setTold({ key: "close.undone", number: waiting.current.closing.caseNumber });
      waiting.current = undefined;
      setPending(undefined);
    },
  };
}

export function ClosingBar({ closing }: { readonly closing: ReturnType<typeof useClosing> }) {
  const locale = useLocale<DeskKey>();
  const { pending, told, error, undo } = closing;
  return (
    <div class="closing" role="status">
      {pending === undefined ? null : (
        <div class="note amber">
          <span class="grow">{locale.t("close.pending", { number: pending.caseNumber })}</span>
          <button type="button" class="button small" onClick={undo}>
            {locale.t("close.undo")}
          </button>
        </div>
      )}
      {pending === undefined && told !== undefined ? (
        <div class="note good">{locale.t(told.key, { number: told.number })}</div>
      ) : null}
      {error === undefined ? null : (
        <div class="note alarm">
          <Wrong text={errorText(locale, error)} />
        </div>
      )}
    </div>
  );
}
