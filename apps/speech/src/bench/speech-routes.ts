import type { Region } from "@yizhan/region";

/** What the recordings need: English by Moonshine, the rest by Whisper, English and Portuguese in both directions. */
export const recordedSpeech: Region["speech"] = {
  hear: { en: ["moonshine-tiny-en"], pt: ["whisper-base"], zh: ["whisper-base"], es: ["whisper-base"], fr: ["whisper-base"] },
  translate: [
    { from: "en", to: "pt", steps: [{ engine: "bergamot", to: "pt" }] },
    { from: "pt", to: "en", steps: [{ engine: "bergamot", to: "en" }] },
  ],
};
