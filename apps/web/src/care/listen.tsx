import { useEffect, useState } from "preact/hooks";
import { Speaker, Stop } from "../shared/icons.tsx";
import type { CareKey } from "../shared/keys.ts";
import { useLocale } from "../shared/locale.tsx";

/**
 * Reads the screen aloud, for people who read little. Only voices that live on the device are used
 * (others send the text away), and what the worker has written is never read out.
 */
export function Listen() {
  const locale = useLocale<CareKey>();
  const voice = useVoice(locale.tag);
  const [speaking, setSpeaking] = useState(false);
  useEffect(() => () => globalThis.speechSynthesis?.cancel(), []);
  if (voice === undefined) return null;

  function toggle(): void {
    speechSynthesis.cancel();
    if (speaking) return setSpeaking(false);
    const utterance = new SpeechSynthesisUtterance(pageText());
    utterance.voice = voice ?? null;
    utterance.lang = locale.tag;
    utterance.rate = 0.9;
    for (const event of ["end", "error"] as const) utterance.addEventListener(event, () => setSpeaking(false));
    setSpeaking(true);
    speechSynthesis.speak(utterance);
  }
  return (
    <button type="button" class="button small" aria-pressed={speaking} onClick={toggle}>
      {speaking ? <Stop /> : <Speaker />}
      <span>{locale.t(speaking ? "listen.stop" : "listen")}</span>
    </button>
  );
}

function pageText(): string {
  const spoken = document.querySelectorAll<HTMLElement>(
    "main :is(h1, h2, p, legend, label, .hint, .label):not([data-private] *, .sr)",
  );
  return [...spoken].map((element) => element.textContent.trim()).join(". \n");
}

function useVoice(tag: string): SpeechSynthesisVoice | undefined {
  const [voices, setVoices] = useState<readonly SpeechSynthesisVoice[]>(() => globalThis.speechSynthesis?.getVoices() ?? []);
  useEffect(() => {
    const synthesis = globalThis.speechSynthesis;
    if (synthesis === undefined) return undefined;
    const changed = () => setVoices(synthesis.getVoices());
    synthesis.addEventListener("voiceschanged", changed);
    return () => synthesis.removeEventListener("voiceschanged", changed);
  }, []);
  const [language = tag] = tag.split("-");
  return voices.find((voice) => voice.localService && voice.lang.toLowerCase().replace("_", "-").split("-")[0] === language);
}
