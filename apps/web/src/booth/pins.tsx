import type { Pin } from "@yizhan/meet";
import type { BoothKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { Warning } from "../shared/icons.tsx";
import { isDoubtful, pieces, type StripPin } from "./transcript.ts";
import { nameOf } from "./people.ts";

/** A text with its pins marked where they stand; what may still change looks unfinished. */
export function PinnedText({
  text,
  pins,
  committed,
}: {
  readonly text: string;
  readonly pins: readonly Pin[];
  readonly committed?: number;
}) {
  return (
    <>
      {pieces(text, pins, committed).map((piece, index) =>
        piece.pin === undefined ? (
          <span key={index} class={piece.interim ? "interim" : undefined}>
            {piece.text}
          </span>
        ) : (
          <InlinePin key={index} pin={piece.pin} text={piece.text} interim={piece.interim} />
        ),
      )}
    </>
  );
}

function InlinePin({ pin, text, interim }: { readonly pin: Pin; readonly text: string; readonly interim: boolean }) {
  const locale = useLocale<BoothKey>();
  const doubtful = isDoubtful(pin);
  const about = [locale.t(`pin.${pin.kind}`), ...(doubtful ? [locale.t("pin.doubtful"), or(pin, locale)] : [])].filter(
    (part) => part !== "",
  );
  return (
    <mark class={`pin ${doubtful ? "doubtful" : ""} ${interim ? "interim" : ""}`} data-kind={pin.kind} title={about.join(" · ")}>
      {text}
      {doubtful ? <sup aria-hidden="true">?</sup> : null}
      {doubtful ? <span class="sr"> ({about.join(", ")})</span> : null}
    </mark>
  );
}

function or(pin: Pin, locale: ReturnType<typeof useLocale<BoothKey>>): string {
  const candidates = pin.candidates ?? [];
  return candidates.length === 0 ? "" : locale.t("pin.or", { candidates: locale.list(candidates, "disjunction") });
}

/** Numbers, doses and medicines kept in sight while the talk moves on. */
export function Strip({ pins, show }: { readonly pins: readonly StripPin[]; readonly show: (segmentId: string) => void }) {
  const locale = useLocale<BoothKey>();
  return (
    <aside class="strip" aria-labelledby="strip-title">
      <h2 id="strip-title">{locale.t("strip.title")}</h2>
      {pins.length === 0 ? <p class="soft">{locale.t("strip.empty")}</p> : null}
      <ul>
        {pins.map(({ pin, segmentId, speaker }) => {
          const doubtful = isDoubtful(pin);
          const also = or(pin, locale);
          return (
            <li key={`${pin.kind} ${pin.value}`}>
              <button
                type="button"
                class={`strip-pin ${doubtful ? "doubtful" : ""}`}
                title={locale.t("pin.show")}
                onClick={() => show(segmentId)}
              >
                <span class="strip-kind">
                  {locale.t(`pin.${pin.kind}`)} · <bdi>{nameOf(locale, speaker)}</bdi>
                </span>
                <strong dir="auto">{pin.text}</strong>
                {doubtful ? (
                  <span class="strip-doubt">
                    <Warning />
                    <span>
                      {locale.t("pin.doubtful")}
                      {also === "" ? "" : ` · ${also}`}
                    </span>
                  </span>
                ) : null}
              </button>
            </li>
          );
        })}
      </ul>
    </aside>
  );
}
