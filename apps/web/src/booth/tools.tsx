import { useState } from "preact/hooks";
import type { BoothKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { setTextSize, textSize, textSizes } from "../shared/text-size.ts";

export interface View {
  /** Only lines heard in this language; empty for all. */
  readonly heard: string;
  /** Only translations into this language; empty for all, `none` for none. */
  readonly translation: string;
}
export const wholeView: View = { heard: "", translation: "" };

interface ToolsProps {
  readonly view: View;
  readonly change: (view: View) => void;
  readonly languages: readonly string[];
  readonly targets: readonly string[];
}

/** What the reader changes for herself: languages shown, size of type. */
export function Tools({ view, change, languages, targets }: ToolsProps) {
  const locale = useLocale<BoothKey>();
  const [size, setSize] = useState(textSize);
  const step = (by: number) => {
    const next = textSizes[textSizes.indexOf(size) + by];
    if (next === undefined) return;
    setTextSize(next);
    setSize(next);
  };
  const names = (tags: readonly string[]) =>
    tags.map((tag) => (
      <option key={tag} value={tag}>
        {locale.languageName(tag)}
      </option>
    ));
  return (
    <div class="tools">
      <select
        class="select"
        aria-label={locale.t("show")}
        value={view.heard}
        onChange={(event) => change({ ...view, heard: event.currentTarget.value })}
      >
        <option value="">{locale.t("show.all")}</option>
        {names(languages)}
      </select>
      <select
        class="select"
        aria-label={locale.t("show.translation")}
        value={view.translation}
        onChange={(event) => change({ ...view, translation: event.currentTarget.value })}
      >
        <option value="">{locale.t("show.translation.all")}</option>
        <option value="none">{locale.t("show.translation.none")}</option>
        {names(targets)}
      </select>
      <span class="sizes" role="group" aria-label={locale.t("text.size")}>
        <button type="button" class="button small" disabled={size === textSizes[0]} onClick={() => step(-1)}>
          A− <span class="sr">{locale.t("text.smaller")}</span>
        </button>
        <button type="button" class="button small" disabled={size === textSizes.at(-1)} onClick={() => step(1)}>
          A+ <span class="sr">{locale.t("text.larger")}</span>
        </button>
      </span>
    </div>
  );
}
