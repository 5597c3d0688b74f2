import { Field } from "./field.tsx";

interface TextFieldProps {
  readonly label: string;
  readonly value: string;
  readonly change: (value: string) => void;
  readonly hint?: string | undefined;
  readonly error?: string | undefined;
  readonly type?: "text" | "password" | "date" | "number";
  readonly lines?: boolean;
  readonly complete?: "off" | "current-password" | "new-password" | "one-time-code";
}

/** One labelled line, or several, of text. */
export function TextField({ label, value, change, hint, error, type = "text", lines = false, complete = "off" }: TextFieldProps) {
  // Preact's types tell one kind of input from another by a literal.
  const kind = type as "text";
  return (
    <Field label={label} hint={hint} error={error}>
      {(aids) =>
        lines ? (
          <textarea {...aids} dir="auto" value={value} onInput={(event) => change(event.currentTarget.value)} />
        ) : (
          <input
            {...aids}
            type={kind}
            autoComplete={complete}
            value={value}
            onInput={(event) => change(event.currentTarget.value)}
          />
        )
      }
    </Field>
  );
}
