import { useEffect, useState } from "preact/hooks";
import type { BoothKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { SignedIn } from "../shared/sign-in.tsx";
import { useTitle } from "../shared/use-title.ts";
import { Session } from "./session.tsx";
import { Sessions } from "./sessions.tsx";

export function Booth() {
  const locale = useLocale<BoothKey>();
  useTitle(locale.t("page.title"));
  const [open, go] = useOpenSession();
  return (
    <SignedIn title={locale.t("page.title")}>
      {(_user, signedOut) =>
        open === undefined ? (
          <Sessions go={go} signedOut={signedOut} />
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
