/** Units of measure as they stand behind a number, and how they are said. Letters' case counts where it parts two units. */
const units = new Map(
  Object.entries({
    "°C": "摄氏度",
    "°F": "华氏度",
    "°": "度",
    mcg: "微克",
    µg: "微克",
    ug: "微克",
    mg: "毫克",
    kg: "公斤",
    g: "克",
    ng: "纳克",
    pg: "皮克",
    ml: "毫升",
    cc: "毫升",
    dl: "分升",
    µl: "微升",
    ul: "微升",
    fl: "飞升",
    l: "升",
    mmol: "毫摩尔",
    µmol: "微摩尔",
    umol: "微摩尔",
    nmol: "纳摩尔",
    pmol: "皮摩尔",
    mol: "摩尔",
    meq: "毫当量",
    mmhg: "毫米汞柱",
    kpa: "千帕",
    cmh2o: "厘米水柱",
    miu: "毫国际单位",
    iu: "国际单位",
    u: "单位",
    km: "公里",
    cm: "厘米",
    mm: "毫米",
    µm: "微米",
    m: "米",
    kcal: "千卡",
    hr: "小时",
    hrs: "小时",
    h: "小时",
    min: "分钟",
    mins: "分钟",
    sec: "秒",
    s: "秒",
    ms: "毫秒",
    d: "天",
    wk: "周",
    bpm: "次每分",
    hz: "赫兹",
  }),
);

/** After a stroke: per what. */
const per = new Map([...units, ["day", "天"], ["dose", "次"], ["m2", "平方米"], ["m²", "平方米"]]);

const symbol = "°[CF]?|[A-Za-zµ]+(?:H2O|2|²)?";
const found = new RegExp(`\\s?(${symbol})(?:\\s?/\\s?(${symbol}))?(?:\\s?/\\s?(${symbol}))?(?![A-Za-z0-9µ])`, "y");

/** The unit at this place, with what it is per (`mg/kg`), and how many letters it takes. Undefined where none stands. */
export function unitAt(text: string, at: number): { readonly spoken: string; readonly length: number } | undefined {
  found.lastIndex = at;
  const match = found.exec(text);
  if (match === null) return undefined;
  const [whole, first = "", second, third] = match;
  const base = units.get(first) ?? units.get(first.toLowerCase());
  const rest = [second, third].flatMap((one) => (one === undefined ? [] : [per.get(one) ?? per.get(one.toLowerCase())]));
  // `M`, `H`, `D` and `S` alone are rather names than units.
  if (base === undefined || rest.includes(undefined) || /^[MHDS]$/.test(first)) return undefined;
  return { spoken: [base, ...rest].join("每"), length: whole.length };
}

/** Written shorthand of prescriptions; each has one meaning. */
export const shorthand: ReadonlyMap<string, string> = new Map(
  Object.entries({
    qd: "每日一次",
    bid: "每日两次",
    tid: "每日三次",
    qid: "每日四次",
    qn: "每晚一次",
    prn: "必要时",
    po: "口服",
  }),
);

export const letters: Readonly<Record<string, string>> = {
  α: "阿尔法",
  β: "贝塔",
  γ: "伽马",
  δ: "德尔塔",
  "½": "二分之一",
  "⅓": "三分之一",
  "¼": "四分之一",
  "¾": "四分之三",
  "⅔": "三分之二",
  "⅛": "八分之一",
};

export const signs: Readonly<Record<string, string>> = {
  "+": "加",
  "＋": "加",
  "±": "正负",
  "×": "乘",
  "=": "等于",
  "＝": "等于",
  "<": "小于",
  "＜": "小于",
  ">": "大于",
  "＞": "大于",
  "≤": "不超过",
  "≥": "不低于",
  "≈": "约等于",
  "→": "到",
  "&": "和",
  "/": "斜杠",
};

/** What is heard as a pause only. */
export const pauses: Readonly<Record<string, string>> = {
  "，": ",",
  ",": ",",
  "、": ",",
  "；": ";",
  ";": ";",
  "：": ":",
  ":": ":",
  "。": ".",
  ".": ".",
  "！": "!",
  "!": "!",
  "？": "?",
  "?": "?",
  "…": "…",
  "—": ",",
  "–": ",",
  "(": ",",
  ")": ",",
  "（": ",",
  "）": ",",
  "[": ",",
  "]": ",",
  "【": ",",
  "】": ",",
  "\n": ".",
};

/** What is not heard at all. */
export const silent = /[ \t\r\u00a0\u3000\u200b“”"‘’'「」『』《》〈〉·•]/;
