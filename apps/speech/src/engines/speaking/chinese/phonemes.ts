import { phonemes } from "../phonemes.ts";
import { charactersRead } from "./characters.ts";
import { type Reading, readingOf, unreadable } from "./reading.ts";
import { syllable } from "./syllable.ts";

/** Phonemes of one piece: the model takes 510. */
const longest = 400;
/** A piece that is as long as this ends with its sentence. */
const long = 150;

/** As they are called in China. */
const letterNames: Readonly<Record<string, string>> = {
  A: "诶",
  B: "必",
  C: "西",
  D: "弟",
  E: "衣",
  F: "艾弗",
  G: "寄",
  H: "艾尺",
  I: "爱",
  J: "杰",
  K: "开",
  L: "艾勒",
  M: "艾姆",
  N: "恩",
  O: "欧",
  P: "批",
  Q: "扣",
  R: "阿尔",
  S: "艾斯",
  T: "踢",
  U: "优",
  V: "威",
  W: "达不溜",
  X: "艾克斯",
  Y: "外",
  Z: "贼",
};

const words = new Intl.Segmenter("zh", { granularity: "word" });

/** A line in Chinese as Kokoro's phonemes, in pieces that the model takes. Throws `EngineError` `unreadable`. */
export async function chinesePhonemes(line: string): Promise<string[]> {
  const pieces: string[] = [];
  let piece = "";
  for (const part of await parts(joined(readingOf(line)))) {
    if ([...piece, ...part].length > longest) {
      pieces.push(piece.trim());
      piece = "";
    }
    piece += part;
    if (/[.!?;]\s*$/.test(part) && piece.length > long) {
      pieces.push(piece.trim());
      piece = "";
    }
  }
  return [...pieces, piece.trim()].filter((one) => /[^\s.,;:!?…]/.test(one));
}

/** Chinese that stands side by side is read as one, since a neighbour says how a character is read. */
function joined(readings: readonly Reading[]): Reading[] {
  const runs: Reading[] = [];
  for (const reading of readings) {
    const before = runs.at(-1);
    if (before?.kind === "chinese" && reading.kind === "chinese")
      runs.splice(-1, 1, { ...before, text: before.text + reading.text });
    else runs.push(reading);
  }
  return runs;
}

async function parts(readings: readonly Reading[]): Promise<string[]> {
  const made = await Promise.all(
    readings.map(async ({ kind, text }) => {
      if (kind === "pause") return [`${text} `];
      if (kind === "chinese") return chinese(text);
      if (kind === "letters") return Array.from(text.toUpperCase()).flatMap((one) => chinese(letterNames[one] ?? one));
      const said = await phonemes(text, "en");
      if (said === "") throw unreadable(text);
      return [` ${said}`];
    }),
  );
  return made.flat();
}

function chinese(text: string): string[] {
  const sounds = charactersRead(text).map((read) => (read === undefined ? undefined : syllable(read)));
  const lost = Array.from(text).filter((_, at) => sounds[at] === undefined);
  if (lost.length > 0) throw unreadable(lost.join(""));
  let at = 0;
  return Array.from(words.segment(text), ({ segment }) => {
    const from = at;
    at += Array.from(segment).length;
    return ` ${sounds.slice(from, at).join("")}`;
  });
}
