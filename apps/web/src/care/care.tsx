import { useEffect, useMemo, useState } from "preact/hooks";
import { getStation, type Receipt, type Station } from "../shared/api.ts";
import { useLanguage } from "../shared/locale.tsx";
import { kept, parsed, tab } from "../shared/storage.ts";
import { clearDraft, type Draft, newDraft, readDraft, receipts, saveDraft } from "./draft.ts";
import { steps } from "./check.ts";
import { Done } from "./done.tsx";
import { Frame } from "./frame.tsx";
import { openWithCode } from "./own-api.ts";
import { Home } from "./home.tsx";
import { later } from "./later.tsx";
import { LanguagePick } from "./language-pick.tsx";
import { Questions } from "./questions.tsx";
import { StatusCheck } from "./status-check.tsx";
import { type Screen, useScreen } from "./screen.ts";

const OwnRecord = later(() => import("./own-record.tsx").then((module) => module.OwnRecord));
const Call = later(() => import("./call.tsx").then((module) => module.Call));

/** The page of a worker who asks for care: one thing at a time. */
export function Care({ languageChosen }: { readonly languageChosen: boolean }) {
  const station = useStation();
  const { languages } = useLanguage();
  const [draft, setDraft] = useState<Draft>(() => readDraft() ?? newDraft());
  const [receipt, setReceipt] = useState<Receipt | undefined>(receipts.read);
  const [nextCode, setNextCode] = useState<string>();
  const [screen, go] = useScreen(
    tab.get("call") !== undefined
      ? { name: "call" }
      : receipt !== undefined
        ? { name: "done" }
        : languageChosen
          ? { name: "home" }
          : { name: "language" },
  );
  const offered = useMemo(() => offer(Object.keys(languages), station), [languages, station]);

  const change = (next: Draft) => {
    setDraft(next);
    saveDraft(next);
  };
  const forget = () => {
    clearDraft();
    setDraft(newDraft());
  };
  const calls = station?.calls === true;
  const talk = () => {
    // Who reloads the page, or comes back to it, waits on.
    tab.set("call", "1");
    go({ name: "call" });
  };
  const begun = draft.key === readDraft()?.key;

  function draw(screen: Screen) {
    switch (screen.name) {
      case "language":
        return <LanguagePick offered={offered} picked={() => go(screen.back ?? { name: "home" }, "replace")} />;
      case "home":
        return (
          <Home
            begun={begun}
            ask={() => go({ name: "question", step: begun ? draft.step : 0 })}
            status={() => go({ name: "status" })}
            forget={forget}
          />
        );
      case "question":
        return (
          <Questions
            key={screen.step}
            step={steps[screen.step] ?? "complaint"}
            draft={draft}
            station={station}
            change={(answers) => change({ ...draft, answers, step: screen.step })}
            go={(step) => (step < 0 ? go({ name: "home" }) : go({ name: "question", step }))}
            sent={(receipt) => {
              receipts.save(receipt);
              setReceipt(receipt);
              forget();
              go({ name: "done" }, "replace");
            }}
          />
        );
      case "done":
        return receipt === undefined ? null : (
          <Done
            receipt={receipt}
            talk={
              calls
                ? async () => {
                    const { nextCode } = await openWithCode(receipt);
                    const next = { ...receipt, accessCode: nextCode };
                    receipts.save(next);
                    setReceipt(next);
                    setNextCode(nextCode);
                    talk();
                  }
                : undefined
            }
            finish={() => {
              receipts.clear();
              setReceipt(undefined);
              go({ name: "home" }, "replace");
            }}
          />
        );
      case "status":
        return (
          <StatusCheck
            back={() => go({ name: "home" })}
            opened={(code) => {
              setNextCode(code);
              go({ name: "record" }, "replace");
            }}
          />
        );
      case "record":
        return (
          <OwnRecord
            nextCode={nextCode}
            talk={calls ? talk : undefined}
            closed={() => {
              setNextCode(undefined);
              go({ name: "home" }, "replace");
            }}
          />
        );
      case "call":
        return (
          <Call
            nextCode={nextCode}
            back={() => {
              tab.remove("call");
              go(receipt === undefined ? { name: "record" } : { name: "done" }, "replace");
            }}
            signedOut={() => {
              tab.remove("call");
              go({ name: "status" }, "replace");
            }}
          />
        );
    }
  }
  return (
    <Frame
      station={station}
      screen={screen}
      language={screen.name === "language" ? undefined : () => go({ name: "language", back: screen })}
    >
      {draw(screen.name === "done" && receipt === undefined ? { name: "home" } : screen)}
    </Frame>
  );
}

/** What the station last said of itself serves until it answers: emergency numbers do not wait. */
function useStation(): Station | undefined {
  const [station, setStation] = useState<Station | undefined>(() => parsed(kept.get("station")) as Station | undefined);
  useEffect(() => {
    const ask = async () => {
      const answer = await getStation();
      kept.set("station", JSON.stringify(answer));
      setStation(answer);
    };
    // Without an answer the page still works: all its languages, and 112 as the number to call.
    ask().catch(() => setStation((known) => known));
  }, []);
  return station;
}

/** The station's languages in its order; all that the page has while the station is silent. */
function offer(built: readonly string[], station: Station | undefined): readonly string[] {
  const wanted = station?.languages.care.filter((tag) => built.includes(tag)) ?? [];
  return wanted.length === 0 ? built : wanted;
}
