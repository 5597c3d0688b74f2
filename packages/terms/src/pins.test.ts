import { describe, expect, it } from "vitest";
import { doubtTenths, parsePins } from "./index.ts";

const values = (text: string, language: string): string[] => parsePins(text, language).map((p) => p.value);

describe("parsePins", () => {
  it("gives one canonical value in every language", () => {
    const expected = ["2 tablet", "INN:amoxicillin", "500 mg", "3/d", "7 d"];
    expect(values("Take two tablets of amoxicillin 500 mg three times a day for seven days.", "en")).toEqual(expected);
    expect(values("Tome dois comprimidos de amoxicilina 500 mg três vezes ao dia durante sete dias.", "pt")).toEqual(expected);
    expect(values("阿莫西林500毫克，每次两片，每日三次，连服七天。", "zh").toSorted()).toEqual(expected.toSorted());
  });

  it("points into the text as it was given", () => {
    const text = "Não tomei  Paracetamol 1.000 mg, só meio comprimido.";
    for (const pin of parsePins(text, "pt")) expect(text.slice(pin.start, pin.end)).toBe(pin.text);
    expect(values(text, "pt")).toEqual(["neg", "INN:paracetamol", "1000 mg", "0.5 tablet"]);
  });

  it("offers what a misheard name sounds like and puts nothing in its place", () => {
    const offered = (text: string, language: string): (string[] | undefined)[] =>
      parsePins(text, language)
        .filter((p) => p.value.startsWith("?"))
        .map((p) => p.candidates);
    expect(offered("amyxacillin", "en")[0]).toContain("amoxicillin");
    expect(offered("Ardamellumafantrine", "en")[0]).toContain("artemether lumefantrine");
    expect(offered("Tomei para a cetamol ontem", "pt")[0]).toContain("paracetamol");
    expect(offered("我对清没素", "zh")[0]).toContain("青霉素");
    expect(offered("four tablets of automated Luma Fantry now", "en")[0]).toContain("lumefantrine");
    expect(offered("Take para set a mall", "en")[0]?.[0]).toBe("paracetamol");
    expect(offered("我对黄胺类药物过敏", "zh")[0]).toContain("磺胺类");
  });

  it("always shows both names of a look-alike pair", () => {
    const [pin] = parsePins("I take Celebrex", "en").filter((p) => p.kind === "drug");
    expect(pin?.candidates).toEqual(expect.arrayContaining(["celecoxib", "Cerebyx"]));
  });
});

describe("what hearing loses in Chinese without a trace", () => {
  const offered = (text: string) =>
    doubtTenths(text, "zh", parsePins(text, "zh")).flatMap(({ text: said, candidates }) =>
      candidates === undefined ? [] : [`${said} ${candidates.join(" | ")}`],
    );

  it("opens the tenth of a whole body temperature", () => {
    expect(offered("昨天晚上38度,今天早上37度久。")).toEqual(["38度 38 °C | 38.? °C", "37度 37 °C | 37.9 °C"]);
    expect(offered("孩子发烧38度吧")).toEqual(["38度 38 °C | 38.8 °C"]);
    for (const sure of ["超过38度就吃药", "38度以上", "38度多", "38度5", "38.5度", "三十八度五", "0度", "60度的水"])
      expect(offered(sure), sure).toEqual([]);
    expect(doubtTenths("38 °C", "en", parsePins("38 °C", "en"))).toEqual(parsePins("38 °C", "en"));
  });

  it("offers the unit that was heard as another word", () => {
    expect(offered("每天早上吃5毫口")).toEqual(["5 5 mg | 5 ml"]);
    expect(offered("一天三次每次一刻一共七天")).toEqual(["一 1 g"]);
    for (const right of ["等一刻钟", "每次5毫升", "每次300毫克", "每次一颗", "每次一克", "差5毫米", "7点一刻来"])
      expect(offered(right), right).toEqual([]);
  });

  it("offers phlegm and pain where sugar was heard beside their colour and place", () => {
    expect(offered("有黄色的糖没有血")).toEqual(["糖 痰"]);
    expect(offered("左边耳朵糖,右边不糖")).toEqual(["糖 疼", "糖 疼"]);
    for (const right of ["血糖高", "糖尿病", "不要吃糖", "黄色的糖浆", "吐糖水", "头孢", "葡萄糖"])
      expect(offered(right), right).toEqual([]);
  });
});
