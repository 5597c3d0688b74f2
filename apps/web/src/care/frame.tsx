import type { ComponentChildren } from "preact";
import { useLayoutEffect, useState } from "preact/hooks";
import type { Station } from "../shared/api.ts";
import { Globe, Letter, Mark, Phone } from "../shared/icons.tsx";
import type { CareKey } from "../shared/keys.ts";
import { useLanguage, useLocale } from "../shared/locale.tsx";
import { nextTextSize } from "../shared/text-size.ts";
import type { Screen } from "./screen.ts";

interface FrameProps {
  readonly station: Station | undefined;
  readonly screen: Screen;
  readonly language: (() => void) | undefined;
  readonly children: ComponentChildren;
}

/** What stands around every screen: language, text size, and the numbers to call. */
export function Frame({ station, screen, language, children }: FrameProps) {
  const locale = useLocale<CareKey>();
  const { page } = useLanguage();
  useLayoutEffect(() => {
    document.title = `${document.querySelector("h1")?.textContent ?? locale.t("page.title")} · Yizhan`;
  }, [screen, locale]);
  return (
    <>
      <a class="skip button" href="#main">
        {locale.t("skip")}
      </a>
      <header class="care-head">
        <div class="brand">
          <Mark />
          <span>{locale.t("page.title")}</span>
        </div>
        <button
          type="button"
          class="button small"
          onClick={() => nextTextSize()}
          aria-label={locale.t("text.size")}
          title={locale.t("text.size")}
        >
          <Letter />
        </button>
        {language === undefined ? null : (
          <button type="button" class="button small" onClick={language}>
            <Globe />
            <span class="sr">{locale.t("language.change")}: </span>
            <span>{page.name}</span>
          </button>
        )}
      </header>
      <div class="care-scroll">
        <main id="main" class="care-main" tabIndex={-1}>
          {children}
          {page.draft && language !== undefined ? <p class="draft hint">{locale.t("language.draft")}</p> : null}
        </main>
      </div>
      <Emergency station={station} />
    </>
  );
}

/** 112 reaches help from any mobile phone where the country's own number is not known yet. */
export const ambulance = (station: Station | undefined) => station?.emergency.ambulance ?? "112";

function Emergency({ station }: { readonly station: Station | undefined }) {
  const locale = useLocale<CareKey>();
  const [open, setOpen] = useState(false);
  const { police, fire } = station?.emergency ?? { police: "112" };
  return (
    <footer class="emergency" aria-label={locale.t("emergency")}>
      <Call what={locale.t("emergency.ambulance")} number={ambulance(station)} />
      {open ? <Call what={locale.t("emergency.police")} number={police} /> : null}
      {open && fire !== undefined ? <Call what={locale.t("emergency.fire")} number={fire} /> : null}
      <button type="button" class="more" aria-expanded={open} onClick={() => setOpen(!open)}>
        {locale.t(open ? "close" : "emergency")}
      </button>
    </footer>
  );
}

export function Call({ what, number }: { readonly what: string; readonly number: string }) {
  return (
    <a class="call" href={`tel:${number}`}>
      <Phone />
      <span>
        {what} <bdi dir="ltr">{number}</bdi>
      </span>
    </a>
  );
}
