import type { Locale } from "@yizhan/locale";
import { useEffect, useState } from "preact/hooks";
import { Wrong } from "../shared/field.tsx";
import type { CareKey } from "../shared/keys.ts";
import { type PageLocale, useLanguage, useLocale } from "../shared/locale.tsx";
import type { AskProps } from "./questions.tsx";

const paragraphs = ["consent.team", "consent.stay", "consent.hub", "consent.rights", "consent.emergency"] as const;

export function Consent({ answers, set, wrong, station }: AskProps) {
  const locale = useLocale<CareKey>();
  const beside = useBeside(station?.languages.fallback);
  const error = wrong("agreed");
  const country = station?.code;
  return (
    <>
      <ConsentText locale={locale} country={country} />
      {beside === undefined ? null : (
        <details class="sheet beside" open>
          <summary>{locale.t("language.beside", { language: beside.name })}</summary>
          <ConsentText locale={beside.locale as Locale<CareKey>} country={country} />
        </details>
      )}
      <label class="choice">
        <input
          type="checkbox"
          aria-invalid={error === undefined ? undefined : "true"}
          aria-describedby={error === undefined ? undefined : "agreed-error"}
          checked={answers.agreed}
          onChange={(event) => set({ agreed: event.currentTarget.checked })}
        />
        <span>{locale.t("consent.agree")}</span>
      </label>
      {error === undefined ? null : <Wrong id="agreed-error" text={error} />}
    </>
  );
}

function ConsentText({ locale, country }: { readonly locale: Locale<CareKey>; readonly country: string | undefined }) {
  const values = { country: country === undefined ? "—" : locale.countryName(country) };
  return (
    <ul class="consent" lang={locale.tag} dir={locale.direction}>
      {paragraphs.map((key) => (
        <li key={key}>
          <p>{locale.t(key, values)}</p>
        </li>
      ))}
    </ul>
  );
}

/** Consent in a draft translation stands beside a text that was checked, so that a helper can compare. */
function useBeside(fallback = "en"): PageLocale | undefined {
  const { page, languages, load } = useLanguage();
  const [beside, setBeside] = useState<PageLocale>();
  const checked = [fallback, "en"].find((tag) => languages[tag]?.draft === false) ?? "en";
  const wanted = page.draft && page.locale.tag !== checked ? checked : undefined;
  useEffect(() => {
    let current = true;
    setBeside(undefined);
    if (wanted !== undefined) {
      load(wanted).then(
        (loaded) => current && setBeside(loaded),
        // Without the network the draft stands alone; the page says that it is one.
        () => current && setBeside(undefined),
      );
    }
    return () => {
      current = false;
    };
  }, [wanted, load]);
  return beside;
}
