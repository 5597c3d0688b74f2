import type { ComponentChildren } from "preact";
import { useRef, useState } from "preact/hooks";
import type { Receipt, Station } from "../shared/api.ts";
import type { CareKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";
import type { Answers } from "./answers.ts";
import { check, type Step, steps, type Wrongs } from "./check.ts";
import { Complaint } from "./ask-complaint.tsx";
import { Consent } from "./ask-consent.tsx";
import { KnownOrNot } from "./ask-known.tsx";
import { Pain } from "./ask-pain.tsx";
import { Since } from "./ask-since.tsx";
import { You } from "./ask-you.tsx";
import type { Draft } from "./draft.ts";
import { Listen } from "./listen.tsx";
import { Review } from "./review.tsx";

export interface AskProps {
  readonly answers: Answers;
  readonly set: (part: Partial<Answers>) => void;
  /** The sentence for a field that keeps the worker from going on. */
  readonly wrong: (field: keyof Answers) => string | undefined;
  readonly station: Station | undefined;
}

interface QuestionsProps {
  readonly step: Step;
  readonly draft: Draft;
  readonly station: Station | undefined;
  readonly change: (answers: Answers) => void;
  readonly go: (step: number) => void;
  readonly sent: (receipt: Receipt) => void;
}

const titles: Readonly<Record<Step, CareKey>> = {
  complaint: "complaint.title",
  since: "since.title",
  pain: "pain.title",
  allergies: "allergies.title",
  medicines: "medicines.title",
  you: "you.title",
  consent: "consent.title",
  review: "review.title",
};

/** One question to a screen, and the way back and on. */
export function Questions({ step, draft, station, change, go, sent }: QuestionsProps) {
  const locale = useLocale<CareKey>();
  const [wrongs, setWrongs] = useState<Wrongs>({});
  const form = useRef<HTMLFormElement>(null);
  const at = steps.indexOf(step);
  const ask: AskProps = {
    answers: draft.answers,
    station,
    set: (part) => {
      change({ ...draft.answers, ...part });
      setWrongs({});
    },
    wrong: (field) => {
      const key = wrongs[field];
      return key === undefined ? undefined : locale.t(key);
    },
  };

  function next(event: Event): void {
    event.preventDefault();
    const found = check(step, draft.answers);
    setWrongs(found);
    if (Object.keys(found).length === 0) return go(at + 1);
    // After the errors are drawn: to the first field that has one.
    requestAnimationFrame(() => form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus());
  }

  const head = (
    <>
      <div class="progress">
        <span class="hint">{locale.t("step", { step: at + 1, steps: steps.length })}</span>
        <progress max={steps.length} value={at + 1} aria-hidden="true" />
      </div>
      <div class="question-head">
        <h1 tabIndex={-1} id="question">
          {locale.t(titles[step])}
        </h1>
        <Listen />
      </div>
    </>
  );
  if (step === "review") {
    return (
      <div class="stack">
        {head}
        <Review draft={draft} change={go} back={() => go(at - 1)} sent={sent} />
      </div>
    );
  }
  return (
    <form class="stack" ref={form} onSubmit={next} noValidate>
      {head}
      {draw(step, ask)}
      <div class="ways">
        <button type="button" class="button" onClick={() => go(at - 1)}>
          {locale.t("back")}
        </button>
        <button type="submit" class="button main">
          {locale.t("next")}
        </button>
      </div>
    </form>
  );
}

function draw(step: Exclude<Step, "review">, ask: AskProps): ComponentChildren {
  switch (step) {
    case "complaint":
      return <Complaint {...ask} />;
    case "since":
      return <Since {...ask} />;
    case "pain":
      return <Pain {...ask} />;
    case "allergies":
      return <KnownOrNot {...ask} what="allergies" />;
    case "medicines":
      return <KnownOrNot {...ask} what="medicines" />;
    case "you":
      return <You {...ask} />;
    case "consent":
      return <Consent {...ask} />;
  }
}
