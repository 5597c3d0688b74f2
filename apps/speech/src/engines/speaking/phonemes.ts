import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** espeak-ng's accents for the languages whose phonemes Kokoro was taught through it. */
const accents: Readonly<Record<string, string>> = {
  en: "en-us",
  "en-GB": "en-gb",
  pt: "pt-br",
  es: "es",
  fr: "fr-fr",
  it: "it",
  hi: "hi",
};

/**
 * Text to Kokoro's phonemes by Debian's `espeak-ng`, a process of its own. It leaves punctuation out, which
 * the voice needs for its pauses: each stretch between marks goes by itself. Text goes by standard input, so
 * that no list of processes shows it.
 */
export async function phonemes(text: string, language: string): Promise<string> {
  const accent = accents[language];
  if (accent === undefined) throw new RangeError(`no accent for ${language}`);
  const parts = text.split(/([,.;:!?])/u).filter((part) => part.trim() !== "");
  const spoken = await Promise.all(
    parts.map(async (part) => (/^[,.;:!?]$/u.test(part) ? part : ` ${await ipa(part.trim(), accent)}`)),
  );
  return spoken.join("").trim();
}

async function ipa(text: string, accent: string): Promise<string> {
  const made = run("espeak-ng", ["-q", "--ipa", "--tie=^", "--stdin", "-v", accent]);
  made.child.stdin?.end(text);
  const { stdout } = await made;
  return stdout
    .replaceAll(/\([a-z-]+\)/gu, "")
    .replaceAll(/\s+/gu, " ")
    .trim()
    .replaceAll("d^ʒ", "ʤ")
    .replaceAll("t^ʃ", "ʧ")
    .replaceAll("d^z", "ʣ")
    .replaceAll("t^s", "ʦ")
    .replaceAll("e^ɪ", "A")
    .replaceAll("a^ɪ", "I")
    .replaceAll("a^ʊ", "W")
    .replaceAll("ɔ^ɪ", "Y")
    .replaceAll("ə^ʊ", "Q")
    .replaceAll("o^ʊ", "O")
    .replaceAll("^", "")
    .replaceAll("r", accent.startsWith("en") ? "ɹ" : "r");
}
