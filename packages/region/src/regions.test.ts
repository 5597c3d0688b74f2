import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { countryFacts } from "./facts.ts";
import { judge, violations } from "./law/judge.ts";
import { loadLawPack } from "./law/load.ts";
import { loadRegions } from "./load.ts";
import type { Region } from "./schema.ts";
import { regionsPage } from "./table.ts";

const directory = resolve(dirname(fileURLToPath(import.meta.url)), "../../../regions");
const regions = await loadRegions(directory);
const entries = await Promise.all(regions.map(async (region) => ({ region, pack: await loadLawPack(directory, region.law) })));
const all = regions.map((region) => [region.code, region] as const);

/** The countries of the source documents, the hub, and others with Chinese medical teams. */
const promised =
  "MN RU KZ KG UZ TJ TM AF PK IN BD LK NP BT MV MM TH LA KH VN MY SG ID BN PH TL IR IQ SA QA AE KW OM BH JO IL PS LB SY TR CY EG YE " +
  "PL CZ SK HU SI HR BA ME RS RO BG AL MK EE LV LT UA BY MD GE AM AZ CN MZ GQ ET TZ ZM ZW NE ML SN CM MG AO DZ MA";

/** What CLDR calls official and a care page leaves out, and why. */
const leftOut: Readonly<Record<string, string>> = {
  "AZ az-Cyrl": "Azerbaijan has written in Latin letters since 1991; Cyrillic is Dagestan's",
  "BA bs-Cyrl": "who reads Cyrillic there reads the page in Serbian",
  "BN ms-Arab": "Jawi is on signs; forms and schools use Latin letters",
  "RS uk": "CLDR counts no speaker; what Vojvodina has beside Serbian is Hungarian, Slovak, Romanian, Croatian and Rusyn",
  "MA tzm": "the official Amazigh is the standard one, zgh",
};

describe("the country files", () => {
  it("are all there", () => {
    expect(regions.map((region) => region.code)).toEqual(promised.split(" ").toSorted());
    expect(regions.filter((region) => region.role === "hub").map((region) => region.code)).toEqual(["CN"]);
  });

  it.each(all)("%s offers its official languages, Chinese and English", (code, region) => {
    const official = countryFacts(code)
      .officialLanguages.filter((language) => language.status !== "official_regional")
      .map((language) => language.tag);
    const offered = region.languages.care;
    const missing = [...official, "zh", "en"].filter((tag) => !offered.some((one) => one === tag || one.startsWith(`${tag}-`)));
    expect(missing.filter((tag) => leftOut[`${code} ${tag}`] === undefined)).toEqual([]);
    expect(new Set(offered).size).toBe(offered.length);
    for (const tag of ["zh", "en"]) expect(region.languages.staff).toContain(tag);
  });

  it.each(all)("%s offers every language with a status there, regional ones too, that the care page speaks", (code, region) => {
    const spoken = (tag: string) => existsSync(resolve(directory, "../locales", tag, "care.json"));
    const missing = countryFacts(code)
      .officialLanguages.map((language) => language.tag)
      .filter((tag) => spoken(tag) && !region.languages.care.some((one) => one === tag || one.startsWith(`${tag}-`)));
    expect(missing.filter((tag) => leftOut[`${code} ${tag}`] === undefined)).toEqual([]);
  });

  it.each(all)("%s has its own time zones, all of them", (code, region) => {
    const sameZone = (zone: string) => new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
    const own = countryFacts(code).timeZones.map(sameZone);
    const said = region.timeZones.map(sameZone);
    if (code === "CN") expect(own).toContain(said[0]);
    else expect(said.toSorted()).toEqual(own.toSorted());
  });

  it.each(all)("%s hosts at home, and falls back to a language that its staff reads", (code, region) => {
    expect(region.hosting.map((host) => host.country)).toEqual(region.hosting.map(() => code));
    expect(region.hosting[0]?.kind).toBe("debian");
    for (const host of region.hosting) expect(host.region !== undefined).toBe(host.kind === "aws");
    expect(region.languages.staff).toContain(region.languages.fallback);
  });

  it.each(all)("%s hears and translates only languages of its people, each route ending where it says", (_, region) => {
    const care = new Set(region.languages.care);
    for (const language of Object.keys(region.speech.hear)) expect(care).toContain(language);
    const pairs = region.speech.translate.map((route) => `${route.from}>${route.to}`);
    expect(new Set(pairs).size).toBe(pairs.length);
    for (const route of region.speech.translate) {
      expect(care).toContain(route.from);
      expect(care).toContain(route.to);
      expect(route.steps.at(-1)?.to).toBe(route.to);
    }
  });

  it.each(all)("%s calls its ministry by names in the country's own languages", (_, region) => {
    for (const [tag, name] of Object.entries(region.contacts.ministry?.names ?? {})) {
      expect(region.languages.care).toContain(tag);
      expect({ name, whole: name === name.trim().normalize("NFC") }).toEqual({ name, whole: true });
    }
  });

  it("name the ministry of health but where its name changes too often to be sure of it", () => {
    const without = regions.filter((region) => region.contacts.ministry === undefined).map((region) => region.code);
    expect(without).toEqual(["AL", "BA", "GQ", "HU", "LK", "ML", "NE", "SN"]);
  });

  it.each(all)("%s names each notifiable disease once", (_, region) => {
    const codes = region.notifiable.map((disease) => disease.icd10);
    expect(new Set(codes).size).toBe(codes.length);
  });

  it.each(all.filter(([code]) => code !== "CN"))(
    "%s tells its ministry at once of what every state notifies to WHO",
    (_, region) => {
      expect(region.notifiable.map((disease) => disease.icd10)).toEqual(expect.arrayContaining(["A80", "A00"]));
    },
  );
});

describe("the law packs", () => {
  it.each(all)("%s: every flow is spoken of, a verified rule says where it was read", async (code, region) => {
    const pack = await loadLawPack(directory, region.law);
    expect(pack.code).toBe(code);
    for (const rule of pack.rules) {
      expect(rule.id.startsWith(`${code}-`)).toBe(true);
      if (rule.status === "verified") expect(rule.url).toBeDefined();
    }
    for (const judgement of judge(region, pack))
      expect({ flow: judgement.flow, rules: judgement.rules.length > 0 }).toEqual({ flow: judgement.flow, rules: true });
  });

  it.each(all)("%s says who must be told", async (_, region) => {
    expect((await loadLawPack(directory, region.law)).rules.some((rule) => rule.kind === "notify")).toBe(true);
  });

  it("refuse any of these countries a host abroad", async () => {
    for (const region of regions) {
      const abroad: Region = { ...region, hosting: [{ kind: "debian", country: "FR" }] };
      expect(violations(judge(abroad, await loadLawPack(directory, region.law))).map((one) => one.flow)).toContain("records");
    }
  });

  it("are all judged within 3 s of the processor's time", async () => {
    const start = process.cpuUsage();
    for (const region of await loadRegions(directory)) judge(region, await loadLawPack(directory, region.law));
    const { user, system } = process.cpuUsage(start);
    expect((user + system) / 1000).toBeLessThan(3000);
  });
});

it("docs/regions.md is what the files say (else: yizhan region check --all --markdown > docs/regions.md)", async () => {
  expect(await readFile(resolve(directory, "../docs/regions.md"), "utf8")).toBe(regionsPage(entries));
});
