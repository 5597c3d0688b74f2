import { useState } from "preact/hooks";
import { acknowledge, type FleetStation, takeBack } from "../shared/api.ts";
import { AskDialog } from "../shared/ask-dialog.tsx";
import { Wrong } from "../shared/field.tsx";
import { Check, Cross, Person } from "../shared/icons.tsx";
import type { FleetKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { errorText } from "../shared/request.ts";
import { TextField } from "../shared/text-field.tsx";

interface AuditLogProps {
  readonly node: string;
  readonly of: FleetStation["auditLog"];
  /** Whether the reader may answer for it. */
  readonly answers: boolean;
}

/** What the hub witnessed of a station's audit log; where it contradicts what was signed before, what to ask or who answers for it. */
export function AuditLog({ node, of, answers }: AuditLogProps) {
  const locale = useLocale<FleetKey>();
  if (of === null) return <>—</>;
  if (of.contradicts === null) {
    return (
      <span class="badge good">
        <Check />
        {locale.t("audit.whole", { entries: locale.number(of.entries) })}
      </span>
    );
  }
  const about = { node, checkpoint: of.checkpoint };
  if (of.acknowledged === null) {
    return (
      <div class="stack tight">
        <span class="badge alarm">
          <Cross />
          {locale.t(`audit.${of.contradicts}`)}
        </span>
        <p class="soft">{locale.t("audit.ask")}</p>
        {answers ? <Acknowledge key={of.checkpoint} {...about} /> : null}
      </div>
    );
  }
  const { by: name, at, reason } = of.acknowledged;
  const time = locale.date(new Date(at), { dateStyle: "medium", timeStyle: "short" });
  return (
    <div class="stack tight">
      <span class="badge amber">
        <Person />
        {locale.t(`audit.${of.contradicts}`)}
      </span>
      <p>{locale.t("audit.acknowledged", { name, time })}</p>
      <p class="soft reason" dir="auto">
        {reason}
      </p>
      {answers ? <TakeBack key={of.checkpoint} {...about} /> : null}
    </div>
  );
}

interface AboutProps {
  readonly node: string;
  readonly checkpoint: number;
}
/** As the hub counts them. */
const shortest = 10;

function Acknowledge({ node, checkpoint }: AboutProps) {
  const locale = useLocale<FleetKey>();
  const [reason, setReason] = useState("");
  const [wrong, setWrong] = useState<string>();
  async function submit(): Promise<boolean> {
    setWrong(undefined);
    if (reason.trim().length < shortest) {
      setWrong(locale.t("acknowledge.need"));
      return false;
    }
    try {
      await acknowledge(node, { checkpoint, reason: reason.trim() });
      return true;
    } catch (error) {
      setWrong(errorText(locale, error));
      return false;
    }
  }
  return (
    <AskDialog
      open={locale.t("acknowledge.open")}
      title={locale.t("acknowledge.title")}
      confirm={locale.t("acknowledge.open")}
      done={submit}
    >
      <p>{locale.t("acknowledge.told")}</p>
      <TextField label={locale.t("acknowledge.reason")} value={reason} change={setReason} error={wrong} lines />
    </AskDialog>
  );
}

function TakeBack({ node, checkpoint }: AboutProps) {
  const locale = useLocale<FleetKey>();
  const [wrong, setWrong] = useState<string>();
  const submit = () =>
    takeBack(node, { checkpoint }).then(
      () => true,
      (error: unknown) => {
        setWrong(errorText(locale, error));
        return false;
      },
    );
  return (
    <AskDialog
      open={locale.t("acknowledge.back")}
      title={locale.t("acknowledge.back.title")}
      confirm={locale.t("acknowledge.back")}
      done={submit}
    >
      <div role="alert">{wrong === undefined ? null : <Wrong text={wrong} />}</div>
    </AskDialog>
  );
}
