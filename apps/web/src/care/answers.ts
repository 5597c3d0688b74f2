import type { Locale } from "@yizhan/locale";
import type { Gender, Intake } from "../shared/api.ts";
import type { CareKey } from "../shared/keys.ts";

export const areas = ["head", "throat", "chest", "belly", "back", "arm", "leg", "skin", "fever", "mind"] as const;
export type Area = (typeof areas)[number];
export const beginnings = ["today", "yesterday", "days", "weeks", "months"] as const;
export type Beginning = (typeof beginnings)[number];
export type Known = "yes" | "no" | "unknown";
export const genders: readonly Gender[] = ["female", "male", "other", "unknown"];

/** What the worker has answered so far. An empty string is no answer yet. */
export interface Answers {
  readonly areas: readonly Area[];
  readonly complaint: string;
  readonly since: Beginning | "";
  readonly sinceWords: string;
  readonly pain: number | undefined;
  readonly allergies: Known | "";
  readonly allergiesWords: string;
  readonly medicines: Known | "";
  readonly medicinesWords: string;
  readonly name: string;
  readonly birthYear: string;
  readonly phone: string;
  readonly gender: Gender | "";
  readonly interpreter: boolean;
  readonly agreed: boolean;
}

export const noAnswers: Answers = {
  areas: [],
  complaint: "",
  since: "",
  sinceWords: "",
  pain: undefined,
  allergies: "",
  allergiesWords: "",
  medicines: "",
  medicinesWords: "",
  name: "",
  birthYear: "",
  phone: "",
  gender: "",
  interpreter: false,
  agreed: false,
};

/** Lengths the station takes, in UTF-16 units. */
export const limits = { name: 200, complaint: 3800, since: 200, words: 2000, phone: 40 } as const;

/** Changes whenever the consent text changes its meaning; stored with each consent. */
export const consentVersion = "2026-11";

export type CareLocale = Locale<CareKey>;

export function complaintText({ areas, complaint }: Answers, locale: CareLocale): string {
  const places = locale.list(areas.map((area) => locale.t(`area.${area}`)));
  return [places, complaint.trim()].filter((part) => part !== "").join(": ");
}

export function sinceText({ since, sinceWords }: Answers, locale: CareLocale): string {
  const choice = since === "" ? "" : locale.t(`since.${since}`);
  return [choice, sinceWords.trim()]
    .filter((part) => part !== "")
    .join(", ")
    .slice(0, limits.since);
}

export function knownText(known: Known | "", words: string, none: CareKey, locale: CareLocale): string {
  if (known === "yes") return words.trim();
  return locale.t(known === "no" ? none : "unknown");
}

/** The answers as the station takes them, in the worker's own language. */
export function toIntake(answers: Answers, locale: CareLocale): Intake {
  const year = westernDigits(answers.birthYear.trim());
  const phone = answers.phone.trim();
  return {
    language: locale.tag,
    name: answers.name.trim(),
    ...(year === "" ? {} : { birthYear: Number(year) }),
    ...(answers.gender === "" ? {} : { gender: answers.gender }),
    ...(phone === "" ? {} : { phone: westernDigits(phone) }),
    complaint: complaintText(answers, locale),
    since: sinceText(answers, locale),
    pain: answers.pain ?? 0,
    allergies: knownText(answers.allergies, answers.allergiesWords, "allergies.none", locale),
    medicines: knownText(answers.medicines, answers.medicinesWords, "medicines.none", locale),
    consent: { version: consentVersion, language: locale.tag, agreed: true },
    interpreterNeeded: answers.interpreter,
  };
}

/** Arabic, Persian, Devanagari and other decimal digits as 0–9: phones type what their keyboard has. */
export function westernDigits(text: string): string {
  return text.replace(/\p{Nd}/gu, (digit) => {
    let code = digit.codePointAt(0) ?? 0;
    let value = 0;
    // Unicode keeps the ten digits of a script together, from 0 up.
    while (value < 9 && /\p{Nd}/u.test(String.fromCodePoint(code - 1))) {
      code -= 1;
      value += 1;
    }
    return String(value);
  });
}
