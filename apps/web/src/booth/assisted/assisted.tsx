import { useEffect, useState } from "preact/hooks";
import { getStation } from "../../shared/api.ts";
import { Wrong } from "../../shared/field.tsx";
import type { BoothKey } from "../../shared/keys.ts";
import { useLanguage, useLocale } from "../../shared/locale.tsx";
import { errorText } from "../../shared/request.ts";
import { getVoices } from "./aloud.ts";
import { type Microphone, openMicrophone, openSession } from "./microphone.ts";
import { Talk } from "./talk.tsx";

interface Started {
  readonly session: string;
  readonly microphone: Microphone;
  readonly voices: readonly string[];
  /** One microphone will do for both: the station tells their languages apart. */
  readonly together: boolean;
}

/** Two people, one tablet: first which two languages, then the talk. */
export function Assisted({ leave }: { readonly leave: () => void }) {
  const locale = useLocale<BoothKey>();
  const { tag } = useLanguage();
  const [heard, setHeard] = useState<readonly string[]>();
  const [ours, setOurs] = useState("");
  const [theirs, setTheirs] = useState("");
  const [wrong, setWrong] = useState<string>();
  const [started, setStarted] = useState<Started>();
  useEffect(() => {
    const ask = async () => {
      try {
        const { captions } = await getStation();
        const own = captions.find((one) => one === tag) ?? captions[0] ?? "";
        setHeard(captions);
        setOurs(own);
        setTheirs(captions.find((one) => one !== own) ?? "");
      } catch (error) {
        setWrong(errorText(locale, error));
      }
    };
    void ask();
  }, []);
  useEffect(() => () => started?.microphone.close(), [started]);

  async function begin(): Promise<void> {
    setWrong(undefined);
    try {
      const [{ session, together }, { languages }] = await Promise.all([
        openSession({ languages: { ours, theirs } }),
        getVoices(),
      ]);
      setStarted({ session, microphone: await openMicrophone(session), voices: languages, together });
    } catch (error) {
      setWrong(error instanceof DOMException ? locale.t("assisted.no-microphone") : errorText(locale, error));
    }
  }
  if (started !== undefined) return <Talk {...started} languages={[ours, theirs]} leave={leave} />;
  const choice = (label: string, value: string, change: (tag: string) => void) => (
    <label class="field">
      <span>{label}</span>
      <select class="select" value={value} onChange={(event) => change(event.currentTarget.value)}>
        {heard?.map((one) => (
          <option key={one} value={one} lang={one}>
            {locale.languageName(one)}
          </option>
        ))}
      </select>
    </label>
  );
  return (
    <main id="main" class="sessions stack">
      <h1>{locale.t("assisted.title")}</h1>
      <p>{locale.t("assisted.hint")}</p>
      <form
        class="sheet stack"
        onSubmit={(event) => {
          event.preventDefault();
          void begin();
        }}
      >
        {choice(locale.t("assisted.ours"), ours, setOurs)}
        {choice(locale.t("assisted.theirs"), theirs, setTheirs)}
        <div role="status">{wrong === undefined ? null : <Wrong text={wrong} />}</div>
        <div class="row">
          <button type="submit" class="button main" disabled={heard === undefined || ours === theirs}>
            {locale.t("assisted.begin")}
          </button>
          <button type="button" class="button" onClick={leave}>
            {locale.t("session.leave")}
          </button>
        </div>
      </form>
    </main>
  );
}
