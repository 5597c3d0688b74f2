import type { RawHeard } from "./raw.ts";

/** More than so many characters in a second of sound were not said; 28 is a fast reader's speech in English. */
const CHARACTERS_PER_SECOND = 28;
const HAN_PER_SECOND = 9;

/** What speech recognisers are known to write over silence and noise, whole lines only. */
const stock =
  /^(thanks? (you )?for watching|please subscribe|subtitles? by.*|untertitel.*|legendas? (pela|por).*|subt[ií]tulos (por|realizados).*|sous-titr.*|amara\.org.*|请不吝点赞.*|字幕.*|谢谢(观看|大家)?|you|thank you)[.!。！ ]*$/iu;

/** Text in brackets or between notes or stars is a description of sound, not speech. */
const bracketed = /[([【（［{][^)\]】）］}]*[)\]】）］}]?|♪[^♪]*♪?|\*[^*]+\*/gu;

/** Takes away what an engine writes without having heard it. Empty text means that nothing was said. */
export function withoutInvented(heard: RawHeard, seconds: number, quiet: boolean): RawHeard {
  const text = heard.text.replace(bracketed, " ").replaceAll(/\s+/gu, " ").trim();
  const nothing = { text: "", words: [], cut: heard.cut };
  if (!/[\p{L}\p{N}]/u.test(text)) return nothing;
  if (quiet && (stock.test(text) || doubtful(heard))) return nothing;
  if (loops(text) || tooLong(text, seconds)) return nothing;
  if (text === heard.text) return heard;
  const kept = new Set(text.split(" "));
  return { ...heard, text, words: heard.words.filter((word) => kept.has(word.text) || /\p{Script=Han}/u.test(word.text)) };
}

/** A phrase three times in a row, or a word six times. People do say "no, no, no", and numbers repeat. */
export function loops(written: string): boolean {
  const text = written
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}]+/gu, " ")
    .trim();
  return /(?=\D*\p{L})(\D{12,60}?)(?:\1){2,}/iu.test(`${text} `) || /(?=\D*\p{L})(\D{2,11}?)(?:\1){5,}/iu.test(`${text} `);
}

/** What is made up over next to nothing is seldom made up with confidence. */
function doubtful({ words }: RawHeard): boolean {
  const known = words.flatMap((word) => word.probability ?? []);
  const sum = known.reduce((total, probability) => total + probability, 0);
  // An engine that never says how certain it is may still be right.
  return known.length > 0 && sum / known.length < 0.6;
}

function tooLong(text: string, seconds: number): boolean {
  const han = text.match(/\p{Script=Han}/gu)?.length ?? 0;
  const others = text.length - han;
  return han / HAN_PER_SECOND + others / CHARACTERS_PER_SECOND > seconds + 0.6;
}
