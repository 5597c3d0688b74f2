import { useEffect, useState } from "preact/hooks";
import type { CaseDetail, User } from "../shared/api.ts";
import { Field, Wrong } from "../shared/field.tsx";
import { Person } from "../shared/icons.tsx";
import type { DeskKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import { errorText } from "../shared/request.ts";
import { claimCase, type Colleague, getColleagues, giveCase, newCode, releaseCase } from "./api.ts";
import { AskDialog } from "../shared/ask-dialog.tsx";

interface CaseHolderProps {
  readonly case: CaseDetail["case"];
  readonly user: User;
  readonly changed: () => void;
}

/** Whose case it is, and what can be done about that. */
export function CaseHolder({ case: one, user, changed }: CaseHolderProps) {
  const locale = useLocale<DeskKey>();
  const [error, setError] = useState<unknown>();
  async function act(work: () => Promise<unknown>): Promise<boolean> {
    setError(undefined);
    try {
      await work();
      changed();
      return true;
    } catch (problem) {
      setError(problem);
      return false;
    }
  }
  const may = user.role !== "clinician" || one.assignment === "mine";
  return (
    <section class="holder sheet" aria-label={locale.t("holder.title")}>
      <p class="row">
        <Person />
        <strong class="grow">
          {one.assignment === "waiting"
            ? locale.t("holder.waiting")
            : one.assignment === "mine"
              ? locale.t("holder.mine")
              : locale.t("holder.other", { name: one.assignee?.name ?? "" })}
        </strong>
      </p>
      {one.status === "closed" ? null : (
        <div class="row">
          {one.assignment === "waiting" && user.role === "clinician" ? (
            <button type="button" class="button small main" onClick={() => void act(() => claimCase(one.id))}>
              {locale.t("holder.claim")}
            </button>
          ) : null}
          {may ? <Give done={(to) => act(() => giveCase(one.id, to))} except={one.assignee?.id ?? ""} /> : null}
          {may && one.assignment !== "waiting" ? (
            <button type="button" class="button small" onClick={() => void act(() => releaseCase(one.id))}>
              {locale.t("holder.release")}
            </button>
          ) : null}
          {may ? <NewCode id={one.id} /> : null}
        </div>
      )}
      <div role="alert">{error === undefined ? null : <Wrong text={errorText(locale, error)} />}</div>
    </section>
  );
}

function Give({ done, except }: { readonly done: (to: string) => Promise<boolean>; readonly except: string }) {
  const locale = useLocale<DeskKey>();
  const [colleagues, setColleagues] = useState<readonly Colleague[]>([]);
  const [to, setTo] = useState("");
  useEffect(
    () =>
      void getColleagues().then(
        (answer) => setColleagues(answer.colleagues.filter((one) => one.id !== except)),
        () => setColleagues([]),
      ),
    [except],
  );
  if (colleagues.length === 0) return null;
  return (
    <AskDialog
      open={locale.t("holder.give")}
      title={locale.t("holder.give")}
      confirm={locale.t("holder.give.confirm")}
      done={() => done(to === "" ? (colleagues[0]?.id ?? "") : to)}
    >
      <Field label={locale.t("holder.give.to")}>
        {(aids) => (
          <select {...aids} value={to} onChange={(event) => setTo(event.currentTarget.value)}>
            {colleagues.map((one) => (
              <option key={one.id} value={one.id}>
                {one.name}
              </option>
            ))}
          </select>
        )}
      </Field>
    </AskDialog>
  );
}

/** A code to read out to the patient, shown until the dialog is closed. */
function NewCode({ id }: { readonly id: string }) {
  const locale = useLocale<DeskKey>();
  const [code, setCode] = useState<string>();
  const [wrong, setWrong] = useState<string>();
  async function make(): Promise<boolean> {
    if (code !== undefined) {
      setCode(undefined);
      return true;
    }
    try {
      setCode((await newCode(id)).accessCode);
    } catch (error) {
      setWrong(errorText(locale, error));
    }
    return false;
  }
  return (
    <AskDialog
      open={locale.t("code.new")}
      title={locale.t("code.new")}
      confirm={code === undefined ? locale.t("code.make") : locale.t("code.told")}
      done={make}
    >
      <p>{locale.t("code.hint")}</p>
      <p role="status" class="secret">
        <bdi dir="ltr">{code ?? ""}</bdi>
      </p>
      {wrong === undefined ? null : <Wrong text={wrong} />}
    </AskDialog>
  );
}
