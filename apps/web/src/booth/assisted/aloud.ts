import { request } from "../../shared/request.ts";

export const getVoices = () => request<{ languages: readonly string[] }>("/api/voices");

const bare = (tag: string) => tag.split("-")[0] ?? tag;

/** Whether somebody here can say it: the station, or the device itself. */
export function hasVoice(station: readonly string[], language: string): boolean {
  return [language, bare(language)].some((tag) => station.includes(tag)) || deviceVoice(language) !== undefined;
}

function deviceVoice(language: string): SpeechSynthesisVoice | undefined {
  const voices = window.speechSynthesis?.getVoices() ?? [];
  return voices.find((voice) => voice.lang === language) ?? voices.find((voice) => bare(voice.lang) === bare(language));
}

let playing: HTMLAudioElement | undefined;

export function hush(): void {
  playing?.pause();
  playing = undefined;
  window.speechSynthesis?.cancel();
}

/** Reads a line aloud, one at a time; resolves when it has been said. False where nobody can, and nothing of it was said. */
export async function sayAloud(text: string, language: string): Promise<boolean> {
  hush();
  const device = deviceVoice(language);
  if (device !== undefined) {
    const words = new SpeechSynthesisUtterance(text);
    words.voice = device;
    words.lang = device.lang;
    words.rate = 0.9;
    const said = new Promise<void>((resolve) => {
      words.addEventListener("end", () => resolve());
      words.addEventListener("error", () => resolve());
    });
    window.speechSynthesis.speak(words);
    await said;
    return true;
  }
  const answer = await fetch("/api/voices/speak", {
    method: "POST",
    headers: { "content-type": "application/json", "x-yizhan": "1" },
    body: JSON.stringify({ text, language }),
    signal: AbortSignal.timeout(90_000),
  });
  if (!answer.ok) return false;
  const url = URL.createObjectURL(await answer.blob());
  const audio = new Audio(url);
  playing = audio;
  const said = new Promise<void>((resolve) => {
    for (const name of ["ended", "pause", "error"]) audio.addEventListener(name, () => resolve(), { once: true });
  });
  await audio.play();
  await said;
  URL.revokeObjectURL(url);
  return true;
}
