import type { ComponentChildren } from "preact";
import { useId } from "preact/hooks";
import { Warning } from "./icons.tsx";

export interface FieldAids {
  readonly id: string;
  readonly "aria-describedby"?: string;
  readonly "aria-invalid"?: true;
}

interface FieldProps {
  readonly label: string;
  readonly hint?: string | undefined;
  /** Said beside the label when the field may stay empty. */
  readonly optional?: string | undefined;
  /** The sentence that says what is wrong with it. */
  readonly error?: string | undefined;
  readonly children: (aids: FieldAids) => ComponentChildren;
}

/** A label, its hint and its error, tied to the control that `children` draws. */
export function Field({ label, hint, optional, error, children }: FieldProps) {
  const id = useId();
  const described = [hint === undefined ? "" : `${id}-hint`, error === undefined ? "" : `${id}-error`].join(" ").trim();
  return (
    <div class="field">
      <label for={id}>
        {label} {optional === undefined ? null : <span class="hint">({optional})</span>}
      </label>
      {hint === undefined ? null : (
        <span class="hint" id={`${id}-hint`}>
          {hint}
        </span>
      )}
      {children({
        id,
        ...(described === "" ? {} : { "aria-describedby": described }),
        ...(error === undefined ? {} : { "aria-invalid": true as const }),
      })}
      {error === undefined ? null : <Wrong id={`${id}-error`} text={error} />}
    </div>
  );
}

export function Wrong({ id, text }: { readonly id?: string; readonly text: string }) {
  return (
    <p class="wrong" {...(id === undefined ? {} : { id })}>
      <Warning />
      <span>{text}</span>
    </p>
  );
}
