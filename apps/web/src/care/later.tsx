import type { ComponentType } from "preact";
import { useEffect, useState } from "preact/hooks";
import { Wrong } from "../shared/field.tsx";
import type { CareKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { ApiError, errorText } from "../shared/request.ts";

/** A part of the page that is fetched when it is opened: who asks for care does not wait for it. */
export function later<P extends object>(load: () => Promise<ComponentType<P>>): ComponentType<P> {
  return function Later(props) {
    const locale = useLocale<CareKey>();
    const [part, setPart] = useState<{ readonly View?: ComponentType<P>; readonly error?: unknown }>({});
    useEffect(
      () =>
        void load().then(
          (View) => setPart({ View }),
          (error: unknown) => setPart({ error: new ApiError(0, "network", [], error) }),
        ),
      [],
    );
    if (part.error !== undefined) return <Wrong text={errorText(locale, part.error)} />;
    return part.View === undefined ? null : <part.View {...props} />;
  };
}
