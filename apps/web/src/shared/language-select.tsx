import { useState } from "preact/hooks";
import type { StaffKey } from "./keys.ts";
import { useLanguage, useLocale } from "./locale.tsx";

/** The languages of a staff page, each by its own name. */
export function LanguageSelect() {
  const locale = useLocale<StaffKey>();
  const { languages, tag, choose, page } = useLanguage();
  const [failed, setFailed] = useState(false);
  const change = (next: string) => {
    choose(next).then(
      () => setFailed(false),
      () => setFailed(true),
    );
  };
  return (
    <span class="row tight">
      <select
        class="select"
        aria-label={locale.t("language")}
        value={tag}
        title={page.draft ? locale.t("language.draft") : undefined}
        onChange={(event) => change(event.currentTarget.value)}
      >
        {Object.entries(languages).map(([each, { name }]) => (
          <option key={each} value={each} lang={each}>
            {name}
          </option>
        ))}
      </select>
      {failed ? <span role="alert">{locale.t("errors:network" as StaffKey)}</span> : null}
    </span>
  );
}
