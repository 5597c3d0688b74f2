import type { CareKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";

/** The code that opens the record the next time; the one before was spent. */
export function NewCode({ code }: { readonly code: string }) {
  const locale = useLocale<CareKey>();
  return (
    <section class="sheet stack tight" data-private>
      <h2>{locale.t("record.code")}</h2>
      <p class="new-code">
        <bdi dir="ltr">{code}</bdi>
      </p>
      <p>
        <strong>{locale.t("record.code.keep")}</strong>
      </p>
    </section>
  );
}
