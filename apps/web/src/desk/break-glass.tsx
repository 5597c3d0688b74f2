import { useState } from "preact/hooks";
import type { DeskKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { errorText } from "../shared/request.ts";
import { breakGlass } from "./api.ts";
import { AskDialog } from "../shared/ask-dialog.tsx";
import { TextField } from "../shared/text-field.tsx";

const shortest = 10;

/** Opens a colleague's case for an hour, for a reason that the coordinator reads at once. */
export function BreakGlass({ id, opened }: { readonly id: string; readonly opened: () => void }) {
  const locale = useLocale<DeskKey>();
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState<string>();
  async function submit(): Promise<boolean> {
    setWrong(undefined);
    if (reason.trim().length < shortest) {
      setWrong(locale.t("glass.need"));
      return false;
    }
    try {
      await breakGlass(id, reason.trim());
      opened();
      return true;
    } catch (error) {
      setWrong(errorText(locale, error));
      return false;
    }
  }
  return (
    <AskDialog
      open={locale.t("glass.open")}
      title={locale.t("glass.title")}
      confirm={locale.t("glass.confirm")}
      done={submit}
      grave
    >
      <p>{locale.t("glass.told")}</p>
      <TextField label={locale.t("glass.reason")} value={reason} change={setReason} error={wrong} lines />
    </AskDialog>
  );
}
