import { useEffect, useState } from "preact/hooks";
import type { BoothKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { SignedIn } from "../shared/sign-in.tsx";
import { useTitle } from "../shared/use-title.ts";
import { Assisted } from "./assisted/assisted.tsx";
import { Session } from "./session.tsx";
import { Sessions } from "./sessions.tsx";

/** Not the name of a session: those are never empty. */
const assisted = "";

export function Booth() {
  const locale = useLocale<BoothKey>();
  useTitle(locale.t("page.title"));
  const [open, go] = useOpenSession();
  return (
    <SignedIn title={locale.t("page.title")}>
      {(_user, signedOut) =>
        open === assisted ? (
          <Assisted leave={() => go(undefined)} />
        ) : open === undefined ? (
          <Sessions go={go} assist={() => go(assisted)} signedOut={signedOut} />
        ) : (
          <Session key={open} id={open} leave={() => go(undefined)} />
        )
      }
    </SignedIn>
  );
}

function useOpenSession(): [string | undefined, (id: string | undefined) => void] {
  const read = () => (location.hash.startsWith("#session/") ? decodeURIComponent(location.hash.slice(9)) : undefined);
  const [open, setOpen] = useState(read);
  useEffect(() => {
    const moved = () => setOpen(read());
    window.addEventListener("hashchange", moved);
    return () => window.removeEventListener("hashchange", moved);
  }, []);
  return [open, (id) => (location.hash = id === undefined ? "" : `session/${encodeURIComponent(id)}`)];
}
