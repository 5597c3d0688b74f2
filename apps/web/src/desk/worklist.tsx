import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { User } from "../shared/api.ts";
import type { DeskKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { useEvents } from "../shared/use-events.ts";
import { CaseList } from "./case-list.tsx";
import { CaseView } from "./case-view.tsx";
import { ClosingBar, useClosing } from "./closing.tsx";

interface WorklistProps {
  readonly user: User;
  readonly open: string | undefined;
  readonly go: (id: string | undefined) => void;
  readonly signedOut: () => void;
}

/** List and case side by side where there is room; one after the other on a phone. */
export function Worklist({ user, open, go, signedOut }: WorklistProps) {
  const locale = useLocale<DeskKey>();
  const [version, setVersion] = useState(0);
  const [listed, setListed] = useState(0);
  const changed = useCallback(() => setVersion((before) => before + 1), []);
  // Another's claim changes the list; the case that is open stays as it is under the reader's eyes.
  useEvents(
    "/api/cases/events",
    useCallback(() => setListed((before) => before + 1), []),
  );
  const closing = useClosing(changed);
  const detail = useRef<HTMLElement>(null);
  useEffect(() => {
    if (open !== undefined) detail.current?.focus();
  }, [open]);
  return (
    <main id="main" class="desk" data-open={open !== undefined}>
      <h1 class="sr">{locale.t("cases.title")}</h1>
      <section class="desk-list" aria-label={locale.t("cases.title")}>
        <CaseList open={open} go={go} version={version + listed} signedOut={signedOut} />
      </section>
      <section class="desk-case" aria-label={locale.t("case.record")} tabIndex={-1} ref={detail}>
        {open === undefined ? (
          <p class="soft empty">{locale.t("case.select")}</p>
        ) : (
          <CaseView
            key={open}
            id={open}
            version={version}
            listed={listed}
            user={user}
            changed={changed}
            back={() => go(undefined)}
            close={closing.start}
            closing={closing.pending?.id === open}
          />
        )}
      </section>
      <ClosingBar closing={closing} />
    </main>
  );
}
