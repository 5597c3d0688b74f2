import type { Region } from "@yizhan/region";

/**
 * What the recordings need: English by Moonshine, the rest by Whisper; English and Portuguese in both directions, Portuguese
 * and Spanish too, and English into Spanish by way of Portuguese.
 */
export const recordedSpeech: Region["speech"] = {
  hear: { en: ["moonshine-tiny-en"], pt: ["whisper-base"], zh: ["whisper-base"], es: ["whisper-base"], fr: ["whisper-base"] },
  translate: [
    { from: "en", to: "pt", steps: [{ engine: "bergamot", to: "pt" }] },
    { from: "pt", to: "en", steps: [{ engine: "bergamot", to: "en" }] },
    {
      from: "en",
      to: "es",
      steps: [
        { engine: "bergamot", to: "pt" },
        { engine: "apertium", to: "es" },
      ],
    },
    { from: "pt", to: "es", steps: [{ engine: "apertium", to: "es" }] },
    { from: "es", to: "pt", steps: [{ engine: "apertium", to: "pt" }] },
  ],
};
