import { useEffect, useState } from "preact/hooks";
import { Wrong } from "../shared/field.tsx";
import type { CareKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { ApiError, errorText } from "../shared/request.ts";
import type { OwnRecord, OwnRecordProps } from "./own-record.tsx";

/** Fetches the page of one's own record when it is opened: who asks for care does not wait for it. */
export function OwnRecordLater(props: OwnRecordProps) {
  const locale = useLocale<CareKey>();
  const [part, setPart] = useState<{ View?: typeof OwnRecord; error?: unknown }>({});
  useEffect(
    () =>
      void import("./own-record.tsx").then(
        (module) => setPart({ View: module.OwnRecord }),
        (error: unknown) => setPart({ error: new ApiError(0, "network", [], error) }),
      ),
    [],
  );
  if (part.error !== undefined) return <Wrong text={errorText(locale, part.error)} />;
  return part.View === undefined ? null : <part.View {...props} />;
}
