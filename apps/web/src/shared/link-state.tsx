import { Check, Clock, Warning } from "./icons.tsx";
import type { StaffKey } from "./keys.ts";
import { useLocale } from "./locale.tsx";
import type { Link } from "./use-events.ts";

/** Whether what is shown is live, in word and icon. */
export function LinkState({ link }: { readonly link: Link }) {
  const locale = useLocale<StaffKey>();
  const [tone, Icon] = { live: ["good", Check], connecting: ["quiet", Clock], lost: ["alarm", Warning] }[link] as [
    string,
    typeof Check,
  ];
  return (
    <span class={`badge ${tone}`} role="status">
      <Icon />
      {locale.t(`link.${link}`)}
    </span>
  );
}
