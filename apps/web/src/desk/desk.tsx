import { useCallback, useEffect, useRef, useState } from "preact/hooks";
import type { DeskKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { SignedIn } from "../shared/sign-in.tsx";
import { useTitle } from "../shared/use-title.ts";
import { CaseList } from "./case-list.tsx";
import { CaseView } from "./case-view.tsx";
import { ClosingBar, useClosing } from "./closing.tsx";

export function Desk() {
  const locale = useLocale<DeskKey>();
  useTitle(locale.t("page.title"));
  return <SignedIn title={locale.t("page.title")}>{(_user, signedOut) => <Worklist signedOut={signedOut} />}</SignedIn>;
}

/** List and case side by side where there is room; one after the other on a phone. */
function Worklist({ signedOut }: { readonly signedOut: () => void }) {
  const locale = useLocale<DeskKey>();
  const [open, go] = useOpenCase();
  const [version, setVersion] = useState(0);
  const changed = useCallback(() => setVersion((before) => before + 1), []);
  const closing = useClosing(changed);
  const detail = useRef<HTMLElement>(null);
  useEffect(() => {
    if (open !== undefined) detail.current?.focus();
  }, [open]);
  return (
    <main id="main" class="desk" data-open={open !== undefined}>
      <h1 class="sr">{locale.t("cases.title")}</h1>
      <section class="desk-list" aria-label={locale.t("cases.title")}>
        <CaseList open={open} go={go} version={version} signedOut={signedOut} />
      </section>
      <section class="desk-case" aria-label={locale.t("case.record")} tabIndex={-1} ref={detail}>
        {open === undefined ? (
          <p class="soft empty">{locale.t("case.select")}</p>
        ) : (
          <CaseView
            key={`${open}/${version}`}
            id={open}
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

/** The case in the address after `#`: it never reaches a server's log, and the back key works. */
function useOpenCase(): [string | undefined, (id: string | undefined) => void] {
  const read = () => (location.hash.startsWith("#case/") ? decodeURIComponent(location.hash.slice(6)) : undefined);
  const [open, setOpen] = useState(read);
  useEffect(() => {
    const moved = () => setOpen(read());
    window.addEventListener("hashchange", moved);
    return () => window.removeEventListener("hashchange", moved);
  }, []);
  return [open, (id) => (location.hash = id === undefined ? "" : `case/${encodeURIComponent(id)}`)];
}
