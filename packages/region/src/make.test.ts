import { describe, expect, it } from "vitest";
import { judge, violations } from "./law/judge.ts";
import { lawPackSchema } from "./law/schema.ts";
import { parseRegion } from "./load.ts";
import { newRegion, strictLawPack, yamlText } from "./make.ts";

const kenya = newRegion({
  code: "KE",
  emergency: { ambulance: "999", police: "999", source: "Communications Authority of Kenya", checked: "2026-11-22" },
  staffKnown: ["zh", "en", "fr"],
  hear: (language) => (language === "en" ? ["moonshine-tiny-en"] : []),
  routes: () => undefined,
});

describe("a new country file", () => {
  it("knows languages and time zones, and says what it does not hear", () => {
    expect(kenya.languages).toEqual({ care: ["sw", "en", "zh"], staff: ["en", "zh"], fallback: "en" });
    expect(kenya.timeZones).toEqual(["Africa/Nairobi"]);
    expect(Object.keys(kenya.speech.hear)).toEqual(["en"]);
  });

  it("passes its own schema and its strict law pack", () => {
    const pack = lawPackSchema.parse(strictLawPack("KE", "2026-11-22"));
    expect(parseRegion(yamlText(kenya, "./region.schema.json"), "KE.yaml")).toEqual(kenya);
    expect(violations(judge(kenya, pack))).toEqual([]);
    expect(
      judge(kenya, pack)
        .filter((judgement) => judgement.decision !== "refused")
        .map((judgement) => judgement.flow),
    ).toContain("operational");
    expect(judge(kenya, pack).find((judgement) => judgement.flow === "share")?.decision).toBe("refused");
  });
});
