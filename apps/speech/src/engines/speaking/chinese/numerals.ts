const digit = [..."零一二三四五六七八九"];
const places = ["", "十", "百", "千"];
const myriads = ["", "万", "亿", "万亿"];

/** Digits one by one: 2026 → 二零二六. */
export function oneByOne(digits: string): string {
  return Array.from(digits, (one) => digit[Number(one)] ?? "").join("");
}

/** A number in figures as it is said: 38.5 → 三十八点五, 10050 → 一万零五十, 0.50 → 零点五零. At most sixteen places. */
export function spokenNumber(figures: string): string {
  const [whole = "", fraction] = figures.split(".");
  return spokenWhole(whole) + (fraction === undefined ? "" : `点${oneByOne(fraction)}`);
}

function spokenWhole(figures: string): string {
  const digits = figures.replace(/^0+(?=\d)/, "");
  if (digits.length > 16) return oneByOne(figures);
  if (digits === "0") return "零";
  const groups = digits.padStart(Math.ceil(digits.length / 4) * 4, "0").match(/\d{4}/g) ?? [];
  let spoken = "";
  let gap = false;
  for (const [at, group] of groups.entries()) {
    if (group === "0000") {
      gap = true;
      continue;
    }
    if (spoken !== "" && (gap || group.startsWith("0"))) spoken += "零";
    spoken += spokenGroup(group) + (myriads[groups.length - 1 - at] ?? "");
    gap = false;
  }
  return spoken.replace(/^一十/, "十");
}

/** Four digits without what stands before the first that counts: 0105 → 一百零五. */
function spokenGroup(group: string): string {
  return Array.from(group.replace(/^0+/, "").padStart(4, "-"), (one, at) =>
    one === "-" ? "" : one === "0" ? "零" : (digit[Number(one)] ?? "") + (places[3 - at] ?? ""),
  )
    .join("")
    .replaceAll(/零+/g, "零")
    .replace(/零$/, "");
}
