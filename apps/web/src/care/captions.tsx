import { useEffect, useReducer, useRef } from "preact/hooks";
import { Warning } from "../shared/icons.tsx";
import type { CareKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { useEvents } from "../shared/use-events.ts";
import { type Caption, captionEvents } from "./call-api.ts";

/** Lines that stay on the page. */
const most = 40;

/** Puts a line in its place; a late interim never replaces the final text. */
export function heard(before: readonly Caption[], caption: Caption): readonly Caption[] {
  const at = before.findIndex((one) => one.id === caption.id);
  if (at < 0) return [...before, caption].slice(-most);
  if (before[at]?.final === true && !caption.final) return before;
  return before.map((one, index) => (index === at ? caption : one));
}

/** What is said in the call, in the patient's language and large. */
export function Captions({ participant, language }: { readonly participant: string; readonly language: string }) {
  const locale = useLocale<CareKey>();
  const [lines, take] = useReducer(heard, []);
  useEvents<Caption>(captionEvents({ participant, language }), take);
  const box = useRef<HTMLElement>(null);
  useEffect(() => box.current?.scrollTo({ top: box.current.scrollHeight }), [lines]);
  return (
    <section class="own-captions" ref={box} tabIndex={0} role="log" aria-label={locale.t("call.captions")} data-private>
      {lines.length === 0 ? <p class="soft">{locale.t("call.captions")}</p> : null}
      {lines.map((line) => (
        <div key={line.id} class={line.own ? "caption own" : "caption"} aria-hidden={line.final ? undefined : true}>
          <p lang={line.language} dir="auto" class={line.final ? undefined : "soft"}>
            {line.text}
          </p>
          {line.source === undefined ? null : (
            <>
              <p class="unsure">
                <Warning />
                <span>{locale.t("call.unsure")}</span>
              </p>
              <p class="said" lang={line.source.language} dir="auto">
                {line.source.text}
              </p>
            </>
          )}
        </div>
      ))}
    </section>
  );
}
