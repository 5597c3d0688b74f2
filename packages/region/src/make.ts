import { stringify } from "yaml";
import { countryFacts } from "./facts.ts";
import { crossings, type LawPack, places } from "./law/schema.ts";
import type { Region, TranslationRoute } from "./schema.ts";

export interface NewRegion {
  readonly code: string;
  /** What no table knows; `checked` is the day on which someone looked. */
  readonly emergency: Region["emergency"];
  /** Care languages in order; default: the official ones, Chinese, English. */
  readonly care?: readonly string[];
  /** Languages that booth, desk and fleet are translated into. */
  readonly staffKnown: readonly string[];
  /** Model ids that hear a language, best first; empty where none does. */
  readonly hear: (language: string) => string[];
  readonly routes: (from: string, to: string) => TranslationRoute["steps"] | undefined;
}

/** A country file made from what CLDR knows and strict defaults, ready to be refined. */
export function newRegion(from: NewRegion): Region {
  const facts = countryFacts(from.code);
  const official = facts.officialLanguages
    .filter((language) => language.status !== "official_regional")
    .map((language) => language.tag);
  const care = from.care ?? [...new Set([...official, "zh", "en"])];
  const staff = [...new Set([...care.filter((tag) => from.staffKnown.includes(tag)), "zh", "en"])];
  const heard = care.map((tag) => [tag, from.hear(tag)] as const).filter(([, models]) => models.length > 0);
  const translate = care.flatMap((source) =>
    care.flatMap((target) => {
      const steps = source === target ? undefined : from.routes(source, target);
      return steps === undefined ? [] : [{ from: source, to: target, steps }];
    }),
  );
  return {
    code: from.code,
    role: "station",
    timeZones: timeZonesOf(from.code),
    languages: { care: [...care], staff, fallback: "en" },
    emergency: from.emergency,
    hosting: [{ kind: "debian", country: from.code }],
    link: { profile: "mobile", rttMs: 300, kbit: 2000, dailyBudgetMb: 100 },
    notifiable: alwaysNotifiable.map((icd10) => ({
      icd10,
      within: "PT24H",
      source: "WHO International Health Regulations (2005), annex 2",
    })),
    flows: {
      operational: { decision: "allow", basis: `${from.code}-2` },
      aggregate: { decision: "refuse", basis: `${from.code}-3` },
      deidentified: { decision: "refuse", basis: `${from.code}-3` },
      notification: { decision: "refuse", basis: `${from.code}-3` },
      share: { decision: "refuse", basis: `${from.code}-3` },
      terminology: { decision: "refuse", basis: `${from.code}-3` },
    },
    law: from.code,
    speech: { hear: Object.fromEntries(heard), translate },
    contacts: {},
  };
}

/** Smallpox, polio (wild virus), a new human influenza subtype, SARS: every state notifies these at once. */
const alwaysNotifiable = ["A80", "B03", "J09", "U04.9"];

/** The law pack of a country whose law nobody has looked up yet: all stays inside, only the health of machines crosses. */
export function strictLawPack(code: string, checked: string): LawPack {
  const unknown = { law: "Not looked up yet", article: "none named", date: checked.slice(0, 4), status: "unverified" as const };
  return {
    code,
    checked,
    rules: [
      {
        ...unknown,
        id: `${code}-1`,
        kind: "place",
        applies: [...places],
        where: "in-country",
        says: "Until the country's law has been looked up, everything stays inside the country.",
      },
      {
        ...unknown,
        id: `${code}-2`,
        kind: "crossing",
        applies: ["operational"],
        decision: "allow",
        says: "The health of machines is not personal data.",
      },
      {
        ...unknown,
        id: `${code}-3`,
        kind: "crossing",
        applies: crossings.filter((crossing) => crossing !== "operational"),
        decision: "refuse",
        says: "Until the country's law has been looked up, nothing else crosses the border.",
      },
    ],
  };
}

/** A file's text; the first line tells editors which schema completes it. */
export function yamlText(value: Region | LawPack, schema: string): string {
  return `# yaml-language-server: $schema=${schema}\n${stringify(value, { lineWidth: 140 })}`;
}

/** Cities that CLDR still calls by the name it first gave their zone, and what IANA and their people call them. */
const renamed: Readonly<Record<string, string>> = {
  "Asia/Calcutta": "Asia/Kolkata",
  "Asia/Katmandu": "Asia/Kathmandu",
  "Asia/Rangoon": "Asia/Yangon",
  "Asia/Saigon": "Asia/Ho_Chi_Minh",
  "Europe/Kiev": "Europe/Kyiv",
};

function timeZonesOf(code: string): string[] {
  return countryFacts(code).timeZones.map((zone) => renamed[zone] ?? zone);
}
