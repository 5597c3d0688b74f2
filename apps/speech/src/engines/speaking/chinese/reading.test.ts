import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { testModels } from "@yizhan/models/testing";
import { expect, test } from "vitest";
import { charactersRead } from "./characters.ts";
import { spokenNumber } from "./numerals.ts";
import { chinesePhonemes } from "./phonemes.ts";
import { readingOf } from "./reading.ts";
import { syllable } from "./syllable.ts";

const said = (line: string): string =>
  readingOf(line)
    .map(({ kind, text }) => (kind === "chinese" || kind === "pause" ? text : `<${text}>`))
    .join("");

test.each([
  ["体温38.5°C，500mg每日2次", "体温三十八点五摄氏度,五百毫克每日两次"],
  ["血压160/95mmHg。", "血压一百六十比九十五毫米汞柱."],
  ["每次½片，或2½片", "每次二分之一片,或二又二分之一片"],
  ["1/2片，疼痛7/10", "二分之一片,疼痛十分之七"],
  ["2-3次/日，12小时，第2天，2号", "两到三次每日,十二小时,第二天,二号"],
  ["36-37.5℃，-20°C，气温-5", "三十六到三十七点五摄氏度,负二十摄氏度,气温负五"],
  ["010-12345678，138-0013-8000", "零一零一二三四五六七八,一三八零零一三八零零零"],
  ["COVID-19，T4", "<COVID>十九,<T>四"],
  ["2026年11月24日8:05", "二零二六年十一月二十四日八点零五分"],
  ["2026-11-24 14:00", "二零二六年十一月二十四日十四点"],
  ["5-10%，98%，0.9%", "百分之五到百分之十,百分之九十八,百分之零点九"],
  ["5mg/kg/d，7.8mmol/L，10μg，10U", "五毫克每公斤每天,七点八毫摩尔每升,十微克,十单位"],
  ["０.２５ｇ×2片", "零点二五克乘两片"],
  ["12.5×10⁹/L", "十二点五乘十的九次方每升"],
  ["q8h，tid，prn", "每八小时一次,每日三次,必要时"],
  ["amoxicillin 1,000mg", "阿莫西林一千毫克"],
  ["Panadol 2粒，CT，B12，HIV(+)", "<Panadol>两粒,<CT>,<B>十二,<HIV>阳性"],
  ["Ⅱ期，1:1000，120拨打120", "二期,一比一千,一百二十拨打一二零"],
  ["空腹时6.1，是4片", "空腹时,六点一,是,四片"],
  ["三十八度五，两片", "三十八度五,两片"],
])("%s is read as it is said", (written, spoken) => {
  expect(said(written)).toBe(spoken);
});

test.each([
  "每次😀片",
  "37,5°C",
  "11/24",
  "24/11/2026",
  "5-3-2026",
  "11/2026",
  "剂量-5mg",
  "10.5.2",
  "请#",
  "5㍿",
  "ибупрофен",
  "كل يوم",
  "mg_x",
])("%s: what has no certain reading refuses the whole line", (line) => {
  expect(() => readingOf(`先吃药，${line}，再休息。`)).toThrow(expect.objectContaining({ code: "unreadable" }));
});

test("every figure of a line is in what is said of it", () => {
  for (let number = 0; number < 12_000; number += 7) {
    const figures = `${number}.${number % 100}`;
    expect(backToFigures(spokenNumber(figures)), figures).toBe(Number(`${number}.${String(number % 100)}`));
    expect(said(`服${figures}mg`)).toBe(`服${spokenNumber(figures)}毫克`);
  }
  expect([10, 15, 105, 110, 1005, 10_050, 100_005, 20_000_000].map((one) => spokenNumber(String(one)))).toEqual(
    "十 十五 一百零五 一百一十 一千零五 一万零五十 十万零五 二千万".split(" "),
  );
});

/** The other way round, written apart from what it tests. */
function backToFigures(spoken: string): number {
  const [whole = "", parts = ""] = spoken.split("点");
  let [total, group, last] = [0, 0, 0];
  for (const one of whole) {
    const digit = "零一二三四五六七八九".indexOf(one);
    const place = { 十: 10, 百: 100, 千: 1000 }[one];
    if (digit >= 0) last = digit;
    else if (place !== undefined) [group, last] = [group + (last === 0 ? 1 : last) * place, 0];
    else [total, group, last] = [(total + group + last) * 10_000, 0, 0];
  }
  return Number(`${total + group + last}.${Array.from(parts, (one) => "零一二三四五六七八九".indexOf(one)).join("")}`);
}

test("characters are read as a clinic says them, and as their neighbours want", () => {
  const read = (text: string) => charactersRead(text).join(" ");
  expect(read("心脏")).toBe("xin1 zang4");
  expect(read("咳了三天")).toBe("ke2 le0 san1 tian1");
  expect(read("呕吐吐痰")).toBe("ou3 tu4 tu3 tan2");
  expect(read("只吃一只")).toBe("zhi3 chi1 yi4 zhi1");
  expect(read("重复体重")).toBe("chong2 fu4 ti3 zhong4");
  expect(read("量血压的剂量")).toBe("liang2 xue4 ya1 de0 ji4 liang4");
  expect(read("一片不要一点五")).toBe("yi2 pian4 bu2 yao4 yi1 dian3 wu3");
  expect(charactersRead("疼ㄅ")[1] === undefined || syllable(charactersRead("疼ㄅ")[1] ?? "") === undefined).toBe(true);
});

test("syllables are written in phonemes that the model knows", async () => {
  expect(["tian1", "zhuang2", "nv3", "lve4", "xue2", "er2", "zi0", "shi4", "yuan4", "weng1", "yo5"].map(syllable)).toEqual([
    "tʰjɛ→n",
    "ꭧwa↗ŋ",
    "ny↓",
    "lɥe↘",
    "ɕɥe↗",
    "ɚ↗",
    "ʦɨ",
    "ʂɨ↘",
    "ɥɛ↘n",
    "wə→ŋ",
    "jɔ",
  ]);
  expect(["tian", "zhx1", "v1x", "bx1", "constructor1"].map(syllable)).toEqual(Array.from({ length: 5 }));
  const config = join(await testModels(["kokoro-82m"]), "kokoro-82m/config.json");
  const { vocab } = JSON.parse(await readFile(config, "utf8")) as { vocab: Record<string, number> };
  const line = "您好，ABCDEFGHIJKLM，NOPQRSTUVWXYZ：知吃诗日字词四绿略学圈军窘翁挖歪弯汪追春昂欧儿。";
  const pieces = await chinesePhonemes(line);
  expect(pieces.join("").length).toBeGreaterThan(100);
  expect([...pieces.join("")].filter((one) => vocab[one] === undefined)).toEqual([]);
}, 900_000);

test("a long line goes in pieces that the model takes, and no syllable is lost", async () => {
  const sentence = "饭后吃药，每次两片，不要空腹吃";
  const whole = (await chinesePhonemes(sentence.repeat(40))).map((piece) => [...piece].length);
  expect(Math.max(...whole)).toBeLessThanOrEqual(500);
  const tones = (pieces: string[]) => (pieces.join("").match(/[→↗↓↘]/g) ?? []).length;
  expect(tones(await chinesePhonemes(sentence.repeat(40)))).toBe(40 * tones(await chinesePhonemes(sentence)));
});
