import { pinyin } from "pinyin-pro";

/**
 * Characters that `pinyin-pro` reads otherwise than a clinic says them, or otherwise than PyPI `pypinyin` and the
 * dictionary do; found by comparing the two over every Chinese line of the locales, the glossary and the lexicon.
 */
const otherwise: readonly (readonly [where: RegExp, pinyin: string])[] = [
  [/(?<=[心肾肝脾肺内])脏|脏(?=器)/g, "zang4"],
  [/咳(?!声)/g, "ke2"],
  // Vomiting; spitting is the third tone.
  [/(?<![吞谈])吐(?!痰|舌|气|口水|沫|露|字)/g, "tu4"],
  [/(?<![一二两三四五六七八九十几每这那])只(?=知|吃|用|喝|能|有|在|要|是|需|会|服|限|可|剩|打|疼|痛|查|需)/g, "zhi3"],
  [/(?<=有多|很|太|更|最|较|加|严|不|过|病|体)重(?!新|复|叠)/g, "zhong4"],
  [/(?<=的|用|药|总|大|小|减|加|增|饭|食|水|尿|痰|出血|剂|适|过|足|数|重|定|限|容|流|热|质)量(?!一|了|过|血|体|身)/g, "liang4"],
  [/(?<=[鼻堵阻栓])塞/g, "sai1"],
  [/(?<=淋巴)结/g, "jie2"],
  [/长(?=胖|大|高|肉|痘|疮|疹|水泡|出|瘤|肿|在|牙|斑|包|疱)/g, "zhang3"],
  [/(?<=还|又|容易|别|不要|以免|想|睡|请)着(?=凉|急)/g, "zhao2"],
  [/屏(?=住|气)/g, "bing3"],
  [/(?<=^|[^之])中(?=暑|毒|风|招)/g, "zhong4"],
  [/荨(?=麻)/g, "xun2"],
  [/曲(?=马多|美他|林|安|普|格|唑|司)/g, "qu1"],
  [/(?<=舍)曲/g, "qu1"],
  [/舍(?=曲)/g, "she3"],
  [/呤/g, "ling2"],
  [/哮(?=鸣|喘)/g, "xiao4"],
  // One of a number, and not “a little”.
  [/一(?=点[零一二三四五六七八九])/g, "yi1"],
];

/** The pinyin of each character with its tone's number, `一片` → yi2 pian4; undefined where a character has none. */
export function charactersRead(text: string): (string | undefined)[] {
  const read = pinyin(text, { type: "array", toneType: "num", v: true });
  const characters = Array.from(text);
  const found: (string | undefined)[] = characters.map((_, at) => (read.length === characters.length ? read[at] : undefined));
  for (const [where, said] of otherwise) {
    for (const match of text.matchAll(where)) {
      found[Array.from(text.slice(0, match.index)).length] = said;
    }
  }
  return found;
}
