import { useState } from "preact/hooks";
import { Globe } from "../shared/icons.tsx";
import type { CareKey } from "../shared/keys.ts";
import { useLanguage, useLocale } from "../shared/locale.tsx";
import { errorText } from "../shared/request.ts";
import { ApiError } from "../shared/request.ts";
import { Wrong } from "../shared/field.tsx";

/** Each language by its own name, in its own script: nobody has to read another to find it. */
export function LanguagePick({ offered, picked }: { readonly offered: readonly string[]; readonly picked: () => void }) {
  const locale = useLocale<CareKey>();
  const { languages, choose, tag } = useLanguage();
  const [failed, setFailed] = useState<unknown>();
  const pick = (chosen: string) => {
    setFailed(undefined);
    choose(chosen).then(
      () => picked(),
      (error: unknown) => setFailed(new ApiError(0, "network", [], error)),
    );
  };
  return (
    <div class="stack">
      <div class="welcome">
        <Globe />
        <h1 tabIndex={-1}>{locale.t("language.choose")}</h1>
      </div>
      {failed === undefined ? null : (
        <div role="alert">
          <Wrong text={errorText(locale, failed)} />
        </div>
      )}
      <ul class="languages">
        {offered.map((each) => (
          <li key={each}>
            <button
              type="button"
              class="button"
              lang={each}
              dir={languages[each]?.direction ?? "auto"}
              aria-current={each === tag ? "true" : undefined}
              onClick={() => pick(each)}
            >
              {languages[each]?.name ?? each}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
