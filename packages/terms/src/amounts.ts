/** A canonical value taken apart so that 0.5 g equals 500 mg and every 8 hours equals three times a day. */
export interface Amount {
  family: string;
  low: number;
  high: number;
}

const FACTOR: Record<string, [string, number]> = {
  ng: ["mass", 1e-6],
  mcg: ["mass", 1e-3],
  mg: ["mass", 1],
  g: ["mass", 1000],
  kg: ["weight", 1],
  jin: ["weight", 0.5],
  lb: ["weight", 0.4536],
  ml: ["volume", 1],
  l: ["volume", 1000],
  dl: ["volume", 100],
  s: ["time", 1 / 3600],
  min: ["time", 1 / 60],
  h: ["time", 1],
  d: ["time", 24],
  wk: ["time", 168],
  mo: ["months", 1],
  y: ["months", 12],
  cm: ["length", 1],
  mm: ["length", 0.1],
  m: ["length", 100],
  km: ["length", 100_000],
  tablet: ["tablet", 1],
  piece: ["piece", 1],
  capsule: ["capsule", 1],
  cup: ["cup", 1],
  glass: ["cup", 1],
  unit: ["IU", 1],
  IU: ["IU", 1],
  teaspoon: ["teaspoon", 1],
  tablespoon: ["tablespoon", 1],
};
const PER_DAY: Record<string, number> = { h: 24, d: 1, wk: 1 / 7, mo: 1 / 30, y: 1 / 365, min: 1440 };
/** Families that stand for each other: 粒 may be a tablet or a capsule, “uma colher” any spoon. */
const LOOSE: Record<string, readonly string[]> = {
  piece: ["tablet", "capsule", "suppository", ""],
  ampoule: ["injection", "dose", ""],
  injection: ["ampoule", "dose"],
  dose: ["injection", "ampoule", "times"],
  spoon: ["tablespoon", "teaspoon"],
  "°": ["°C", "°F"],
  times: ["", "dose"],
  sachet: [""],
  patch: [""],
};

export function sameFamily(a: string, b: string): boolean {
  return a === b || (LOOSE[a]?.includes(b) ?? false) || (LOOSE[b]?.includes(a) ?? false);
}

/** Reads `500 mg`, `2-3 d`, `120/80`, `3/d`, `q8h`; undefined for clock times, parts of the day and dates. */
export function readAmount(value: string): Amount | undefined {
  const rate = /^([\d.]+)(?:-([\d.]+))?\/([\d.]*)(h|d|wk|mo|y)$/.exec(value);
  if (rate) {
    const span = (PER_DAY[rate[4] ?? "d"] ?? 1) / (rate[3] ? Number(rate[3]) : 1);
    return { family: "rate", low: Number(rate[1]) * span, high: Number(rate[2] ?? rate[1]) * span };
  }
  const every = /^q([\d.]+)(?:-([\d.]+))?(min|h|d|wk|mo)$/.exec(value);
  if (every) {
    const span = PER_DAY[every[3] ?? "h"] ?? 24;
    return { family: "rate", low: span / Number(every[2] ?? every[1]), high: span / Number(every[1]) };
  }
  const plain = /^([\d.]+)(?:[-/]([\d.]+))?(?: (\S+))?$/.exec(value);
  if (!plain) return undefined;
  const [unit = "", per] = (plain[3] ?? "").split(/\/(?=kg$|ml$|l$|dl$|h$|d$|min$|m2$)/);
  const low = Number(plain[1]);
  const high = Number(plain[2] ?? plain[1]);
  if (unit === "°F") return { family: "°C", low: toCelsius(low), high: toCelsius(high) };
  const [family, factor] = FACTOR[unit] ?? [unit, 1];
  return { family: per === undefined ? family : `${family}/${per}`, low: low * factor, high: high * factor };
}

function toCelsius(fahrenheit: number): number {
  return Math.round(((fahrenheit - 32) / 1.8) * 10) / 10;
}

export function near(a: number, b: number): boolean {
  return Math.abs(a - b) <= Math.max(Math.abs(a), Math.abs(b)) * 1e-3 + 1e-9;
}

export function sameAmount(a: Amount, b: Amount): boolean {
  return near(a.low, b.low) && near(a.high, b.high);
}
