import { createRequire } from "node:module";
import { type CountryCode, getCountryCallingCode, isSupportedCountry } from "libphonenumber-js/max";
import { z } from "zod";

/**
 * What is known of a country without a hand-written line: CLDR's tables (package `cldr-core`),
 * CLDR as the run time carries it (`Intl`), and dialling codes from libphonenumber.
 */
export interface CountryFacts {
  readonly code: string;
  /** BCP 47 tags with official status, the most spoken first. */
  readonly officialLanguages: readonly OfficialLanguage[];
  readonly population: number;
  /** ISO 4217 codes in use today. */
  readonly currencies: readonly string[];
  /** `+258` */
  readonly dialling: string | undefined;
  /** 1 = Monday … 7 = Sunday. */
  readonly firstDay: number;
  readonly weekend: readonly number[];
  /** Calendars in order of use, as CLDR names them. */
  readonly calendars: readonly string[];
  /** IANA zones in CLDR's spelling (`Asia/Calcutta`). */
  readonly timeZones: readonly string[];
  /** The country's name in `language`. */
  nameIn(language: string): string;
}

export interface OfficialLanguage {
  readonly tag: string;
  readonly status: "official" | "de_facto_official" | "official_regional";
  /** Share of the people who use it, 0–100. */
  readonly percent: number;
}

const require = createRequire(import.meta.url);
const statuses = z.enum(["official", "de_facto_official", "official_regional"]);
const territoryInfo = z
  .object({
    supplemental: z.object({
      territoryInfo: z.record(
        z.string(),
        z.object({
          _population: z.string(),
          languagePopulation: z
            .record(z.string(), z.object({ _populationPercent: z.string(), _officialStatus: statuses.optional() }))
            .optional(),
        }),
      ),
    }),
  })
  .parse(require("cldr-core/supplemental/territoryInfo.json")).supplemental.territoryInfo;
const currencyRegions = z
  .object({
    supplemental: z.object({
      currencyData: z.object({
        region: z.record(
          z.string(),
          z.array(
            z.record(
              z.string(),
              z.object({ _from: z.string().optional(), _to: z.string().optional(), _tender: z.string().optional() }),
            ),
          ),
        ),
      }),
    }),
  })
  .parse(require("cldr-core/supplemental/currencyData.json")).supplemental.currencyData.region;
const calendarPreference = z
  .object({ supplemental: z.object({ calendarPreferenceData: z.record(z.string(), z.array(z.string())) }) })
  .parse(require("cldr-core/supplemental/calendarPreferenceData.json")).supplemental.calendarPreferenceData;

/** Facts of an ISO 3166-1 country. Throws a RangeError for a code that CLDR does not know. */
export function countryFacts(code: string): CountryFacts {
  const territory = territoryInfo[code];
  if (territory === undefined) throw new RangeError(`CLDR knows no country ${code}`);
  const officialLanguages = Object.entries(territory.languagePopulation ?? {})
    .flatMap(([tag, { _populationPercent, _officialStatus }]) =>
      _officialStatus === undefined
        ? []
        : [{ tag: tag.replaceAll("_", "-"), status: _officialStatus, percent: Number(_populationPercent) }],
    )
    .toSorted((a, b) => b.percent - a.percent);
  const { _population: population } = territory;
  const week = weekInfo(code);
  return {
    code,
    officialLanguages,
    population: Number(population),
    currencies: (currencyRegions[code] ?? [])
      .flatMap((entry) => Object.entries(entry))
      .flatMap(([currency, { _to: until, _tender: tender }]) => (until === undefined && tender !== "false" ? [currency] : [])),
    dialling: isSupportedCountry(code) ? `+${getCountryCallingCode(code satisfies CountryCode)}` : undefined,
    firstDay: week.firstDay,
    weekend: week.weekend,
    calendars: calendarPreference[code] ?? calendarPreference["001"] ?? ["gregorian"],
    timeZones: timeZonesOf(code),
    nameIn: (language) => new Intl.DisplayNames(language, { type: "region" }).of(code) ?? code,
  };
}

/** `rtl` for Arabic, Persian, Urdu, Hebrew …, after the script that the language is usually written in. */
export function directionOf(language: string): "ltr" | "rtl" {
  return textInfo(new Intl.Locale(language)).direction;
}

/** The name of a language in that language, as its readers write it: `português`, `中文`. */
export function autonym(language: string): string {
  return new Intl.DisplayNames(language, { type: "language", languageDisplay: "standard" }).of(language) ?? language;
}

// The standard library's types do not have these yet; every run time of ours does.
interface LocaleWithInfo extends Intl.Locale {
  getWeekInfo(): { firstDay: number; weekend: number[] };
  getTextInfo(): { direction: "ltr" | "rtl" };
  getTimeZones(): string[];
}
const timeZonesOf = (code: string) => (new Intl.Locale("und", { region: code }) as LocaleWithInfo).getTimeZones();
const weekInfo = (code: string) => (new Intl.Locale("und", { region: code }) as LocaleWithInfo).getWeekInfo();
const textInfo = (locale: Intl.Locale) => (locale as LocaleWithInfo).getTextInfo();
