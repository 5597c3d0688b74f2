import { Folder, Lock, Stethoscope } from "../shared/icons.tsx";
import type { CareKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { AskTwice } from "./ask-twice.tsx";
import { Listen } from "./listen.tsx";

interface HomeProps {
  /** True where answers of an earlier visit wait on this phone. */
  readonly begun: boolean;
  readonly ask: () => void;
  readonly status: () => void;
  readonly forget: () => void;
}

export function Home({ begun, ask, status, forget }: HomeProps) {
  const locale = useLocale<CareKey>();
  return (
    <div class="stack">
      <div class="question-head">
        <h1 tabIndex={-1}>{locale.t("home.title")}</h1>
        <Listen />
      </div>
      <button type="button" class="door main" onClick={ask}>
        <Stethoscope />
        <span>
          <strong>{locale.t(begun ? "home.continue" : "home.ask")}</strong>
          <small>{locale.t(begun ? "home.continue.hint" : "home.ask.hint")}</small>
        </span>
      </button>
      <button type="button" class="door" onClick={status}>
        <Folder />
        <span>
          <strong>{locale.t("home.status")}</strong>
          <small>{locale.t("home.status.hint")}</small>
        </span>
      </button>
      <p class="private">
        <Lock />
        <span>{locale.t("home.private")}</span>
      </p>
      {begun ? <AskTwice what={locale.t("delete")} question={locale.t("delete.ask")} done={forget} plain /> : null}
    </div>
  );
}
