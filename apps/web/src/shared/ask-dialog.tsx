import type { ComponentChildren } from "preact";
import { useId, useRef } from "preact/hooks";
import type { StaffKey } from "./keys.ts";
import { useLocale } from "./locale.tsx";

interface AskDialogProps {
  /** On the button that opens it. */
  readonly open: ComponentChildren;
  readonly title: string;
  /** On the button that does it. */
  readonly confirm: string;
  /** Gives true where the dialog may close. */
  readonly done: () => boolean | Promise<boolean>;
  readonly grave?: boolean;
  readonly children?: ComponentChildren;
}

/** A button whose dialog asks for what is missing, or once more. */
export function AskDialog({ open, title, confirm, done, grave = false, children }: AskDialogProps) {
  const locale = useLocale<StaffKey>();
  const dialog = useRef<HTMLDialogElement>(null);
  const id = useId();
  async function submit(event: Event): Promise<void> {
    event.preventDefault();
    if (await done()) dialog.current?.close();
  }
  return (
    <>
      <button type="button" class={grave ? "button small grave" : "button small"} onClick={() => dialog.current?.showModal()}>
        {open}
      </button>
      <dialog ref={dialog} aria-labelledby={id}>
        <form class="stack" onSubmit={(event) => void submit(event)} noValidate>
          <h2 id={id}>{title}</h2>
          {children}
          <div class="row">
            <button type="submit" class={grave ? "button grave" : "button main"}>
              {confirm}
            </button>
            <button type="button" class="button" onClick={() => dialog.current?.close()}>
              {locale.t("cancel")}
            </button>
          </div>
        </form>
      </dialog>
    </>
  );
}
