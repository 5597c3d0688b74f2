import type { ComponentChildren } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Wrong } from "../shared/field.tsx";
import type { DeskKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { errorText } from "../shared/request.ts";

/** Something that is asked for, shown, changed and asked for again. */
export function useWork<T>(load: () => Promise<T>) {
  const [found, setFound] = useState<T>();
  const [error, setError] = useState<unknown>();
  const [told, setTold] = useState<string>();
  const again = () => load().then(setFound, setError);
  useEffect(() => void again(), []);
  return {
    found,
    setFound,
    told,
    /** Does `work`, says `done` and loads anew; where it fails, says why. True where it worked. */
    async act(work: () => Promise<unknown>, done?: string): Promise<boolean> {
      setError(undefined);
      setTold(undefined);
      try {
        await work();
        setTold(done);
        await again();
        return true;
      } catch (problem) {
        setError(problem);
        return false;
      }
    },
    error,
  };
}

/** One page of the desk beside the worklist: its title, what went wrong, what was done. */
export function Page({
  title,
  work,
  children,
}: {
  readonly title: string;
  readonly work: { readonly error: unknown; readonly told: string | undefined; readonly found: unknown };
  readonly children: ComponentChildren;
}) {
  const locale = useLocale<DeskKey>();
  return (
    <main id="main" class="desk-page stack">
      <h1>{title}</h1>
      <div role="alert">{work.error === undefined ? null : <Wrong text={errorText(locale, work.error)} />}</div>
      <div role="status">{work.told === undefined ? null : <p class="note good">{work.told}</p>}</div>
      {work.found === undefined && work.error === undefined ? <p class="soft">{locale.t("loading")}</p> : children}
    </main>
  );
}
