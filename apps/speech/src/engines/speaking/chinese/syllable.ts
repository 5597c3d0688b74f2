/**
 * Kokoro's phonemes for Mandarin. Source of the inventory: the phoneme table (`vocab`) of hexgrad/Kokoro-82M's
 * config.json; of the sounds: the IPA of Standard Chinese, with zh, ch as one letter and both apical vowels as ɨ.
 */
const initials = new Map(
  Object.entries({
    b: "p",
    p: "pʰ",
    m: "m",
    f: "f",
    d: "t",
    t: "tʰ",
    n: "n",
    l: "l",
    g: "k",
    k: "kʰ",
    h: "x",
    j: "ʨ",
    q: "ʨʰ",
    x: "ɕ",
    zh: "ꭧ",
    ch: "ꭧʰ",
    sh: "ʂ",
    r: "ɻ",
    z: "ʦ",
    c: "ʦʰ",
    s: "s",
  }),
);

/** The tone stands at `0`, behind the vowel. */
const finals = new Map(
  Object.entries({
    a: "a0",
    ai: "ai0",
    an: "a0n",
    ang: "a0ŋ",
    ao: "au0",
    e: "ɤ0",
    ei: "ei0",
    en: "ə0n",
    eng: "ə0ŋ",
    er: "ɚ0",
    i: "i0",
    ia: "ja0",
    ian: "jɛ0n",
    iang: "ja0ŋ",
    iao: "jau0",
    ie: "je0",
    in: "i0n",
    ing: "i0ŋ",
    io: "jɔ0",
    iong: "jʊ0ŋ",
    iu: "jou0",
    o: "wo0",
    ong: "ʊ0ŋ",
    ou: "ou0",
    u: "u0",
    ua: "wa0",
    uai: "wai0",
    uan: "wa0n",
    uang: "wa0ŋ",
    ueng: "wə0ŋ",
    ui: "wei0",
    un: "wə0n",
    uo: "wo0",
    ü: "y0",
    üan: "ɥɛ0n",
    üe: "ɥe0",
    ün: "y0n",
  }),
);

/** Said alone, as interjections. */
const alone = new Map(Object.entries({ o: "ɔ0", ê: "ɛ0", m: "m0", n: "n0", ng: "ŋ0", hm: "hm0", hng: "hŋ0" }));

const tones = ["", "→", "↗", "↓", "↘", ""];

/** Kokoro's phonemes of one syllable, `tian1` → `tʰjɛ→n`; `v` is ü, 0 and 5 are the neutral tone. Undefined where there is no such syllable. */
export function syllable(pinyin: string): string | undefined {
  const [, letters = "", tone = ""] = /^([a-zêü]+)([0-5])$/.exec(pinyin.replace("v", "ü")) ?? [];
  return (alone.get(letters) ?? parts(letters))?.replace("0", tones[Number(tone)] ?? "");
}

function parts(letters: string): string | undefined {
  const [, initial = "", written = ""] = /^([zcs]h|[bpmfdtnlgkhjqxrzcs]?)(.*)$/.exec(spelledOut(letters)) ?? [];
  const opening = initial === "" ? "" : initials.get(initial);
  if (/^(?:[zcs]h?|r)$/.test(initial) && written === "i") return `${opening}ɨ0`;
  // After j, q and x a written u is ü.
  const final = finals.get(/^[jqx]$/.test(initial) ? written.replace(/^u/, "ü") : written);
  return opening === undefined || final === undefined ? undefined : opening + final;
}

const shortened = new Map([
  ["you", "iu"],
  ["wei", "ui"],
  ["wen", "un"],
]);

/** y and w are the spelling of i, ü and u at a syllable's beginning. */
function spelledOut(letters: string): string {
  return shortened.get(letters) ?? letters.replace(/^yu/, "ü").replace(/^yi?/, "i").replace(/^wu?/, "u");
}
